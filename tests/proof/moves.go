// Runs a program that moves an amount out of an account, once as it should go and once so that it fails in the middle.
// Arguments: the driver, the address, the program. Standard input: statements that make the tables, one a line. Standard
// output: what the database holds before the calls and after each of them: the rows of both tables, and how many
// transactions of PostgreSQL are open.
package main

import (
	"bufio"
	"context"
	"database/sql"
	"encoding/json"
	"os"

	_ "github.com/go-sql-driver/mysql"
	_ "github.com/lib/pq"
)

var before = map[string]string{
	"postgres": "SET application_name = 'proof'",
	"mysql":    "SET SESSION TRANSACTION ISOLATION LEVEL READ UNCOMMITTED", // sees what no one has committed
}

var open = map[string]string{
	"postgres": "SELECT count(*), 0 FROM pg_stat_activity WHERE state LIKE 'idle in transaction%'",
	"mysql":    "SELECT 0, 0",
}

func main() {
	ctx := context.Background()
	driver := os.Args[1]
	db, err := sql.Open(driver, os.Args[2])
	check(err)
	watcher, err := sql.Open(driver, os.Args[2])
	check(err)
	eye, err := watcher.Conn(ctx)
	check(err)
	_, err = eye.ExecContext(ctx, before[driver])
	check(err)
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		_, err = eye.ExecContext(ctx, lines.Text())
		check(err)
	}
	states := [][][][2]int{state(ctx, eye, driver)}
	for _, amount := range []int{5, 1000} {
		_ = programs[os.Args[3]](db, 1, amount) // a failure is what is asked for
		states = append(states, state(ctx, eye, driver))
	}
	check(json.NewEncoder(os.Stdout).Encode(states))
}

func state(ctx context.Context, eye *sql.Conn, driver string) [][][2]int {
	var found [][][2]int
	for _, query := range []string{
		"SELECT account, amount FROM moves ORDER BY account, amount",
		"SELECT id, balance FROM accounts ORDER BY id",
		open[driver],
	} {
		rows, err := eye.QueryContext(ctx, query)
		check(err)
		pairs := [][2]int{}
		for rows.Next() {
			var pair [2]int
			check(rows.Scan(&pair[0], &pair[1]))
			pairs = append(pairs, pair)
		}
		check(rows.Err())
		found = append(found, pairs)
	}
	return found
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}
