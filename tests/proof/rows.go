// Runs one of the programs after the statements of the standard input, and prints the rows that it gives.
package main

import (
	"bufio"
	"database/sql"
	"encoding/json"
	"log"
	"os"

	_ "github.com/lib/pq"
)

func main() {
	db, err := sql.Open("postgres", os.Args[1])
	check(err)
	db.SetMaxOpenConns(1) // the tables are those of the connection
	statements := bufio.NewScanner(os.Stdin)
	for statements.Scan() {
		_, err = db.Exec(statements.Text())
		check(err)
	}
	rows, err := programs[os.Args[2]](db, os.Args[3], os.Args[4])
	check(err)
	found := [][]string{}
	for rows.Next() {
		row := make([]string, 2)
		check(rows.Scan(&row[0], &row[1]))
		found = append(found, row)
	}
	check(rows.Err())
	check(json.NewEncoder(os.Stdout).Encode(found))
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
