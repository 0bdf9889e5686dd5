// A booking service: net/http in front, PostgreSQL behind.
package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"log"
	"net/http"
	"strconv"
	"strings"

	_ "github.com/lib/pq"
)

type server struct{ db *sql.DB }

var sortable = map[string]string{"date": "starts_at", "guest": "guest_name"}

// Good: the column is one of two constants, the limit a number, the room bound.
func (s *server) list(w http.ResponseWriter, r *http.Request) {
	column, ok := sortable[r.FormValue("sort")]
	if !ok {
		http.Error(w, "cannot sort by that", http.StatusBadRequest)
		return
	}
	limit, err := strconv.Atoi(r.FormValue("limit"))
	if err != nil {
		http.Error(w, "not a number", http.StatusBadRequest)
		return
	}
	query := fmt.Sprintf("SELECT guest_name FROM bookings WHERE room = $1 ORDER BY %s LIMIT %d", column, limit)
	s.respond(r.Context(), w, query, r.FormValue("room"))
}

// Bad: the name of the guest becomes part of the statement.
func (s *server) search(w http.ResponseWriter, r *http.Request) {
	query := "SELECT guest_name FROM bookings WHERE true"
	if guest := r.FormValue("guest"); guest != "" {
		query += " AND guest_name ILIKE '%" + guest + "%'"
	}
	s.respond(r.Context(), w, query)
}

// Good: one placeholder for every room.
func (s *server) rooms(w http.ResponseWriter, r *http.Request) {
	rooms := strings.Split(r.FormValue("rooms"), ",")
	marks := make([]string, len(rooms))
	args := make([]any, len(rooms))
	for i, room := range rooms {
		marks[i] = fmt.Sprintf("$%d", i+1)
		args[i] = room
	}
	s.respond(r.Context(), w, "SELECT guest_name FROM bookings WHERE room IN ("+strings.Join(marks, ", ")+")", args...)
}

// Bad: the state is formatted into the statement, with quotes that do not protect it.
func (s *server) cancel(w http.ResponseWriter, r *http.Request) {
	statement := fmt.Sprintf("UPDATE bookings SET state = '%s' WHERE id = $1", r.FormValue("state"))
	if _, err := s.db.ExecContext(r.Context(), statement, r.PathValue("id")); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
	}
}

// Bad: a tenant may be called anything.
func (s *server) truncate(ctx context.Context, tenant string) error {
	_, err := s.db.ExecContext(ctx, "TRUNCATE "+tenant+".bookings")
	return err
}

func (s *server) respond(ctx context.Context, w http.ResponseWriter, query string, args ...any) {
	rows, err := s.db.QueryContext(ctx, query, args...)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	defer rows.Close()
	var guests []string
	for rows.Next() {
		var guest string
		if err := rows.Scan(&guest); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		guests = append(guests, guest)
	}
	if err := json.NewEncoder(w).Encode(guests); err != nil {
		log.Print(err)
	}
}

func main() {
	db, err := sql.Open("postgres", "dbname=hotel")
	if err != nil {
		log.Fatal(err)
	}
	s := &server{db: db}
	http.HandleFunc("GET /bookings", s.list)
	http.HandleFunc("GET /bookings/search", s.search)
	http.HandleFunc("GET /bookings/rooms", s.rooms)
	http.HandleFunc("POST /bookings/{id}/cancel", s.cancel)
	http.HandleFunc("DELETE /tenants/{tenant}", func(w http.ResponseWriter, r *http.Request) {
		if err := s.truncate(r.Context(), r.PathValue("tenant")); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
		}
	})
	log.Fatal(http.ListenAndServe(":8080", nil))
}
