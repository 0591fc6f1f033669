// Go: net/http, a goroutine per connection, all of them on BENCH_WORKERS threads (GOMAXPROCS).
package main

import (
	"fmt"
	"log"
	"net"
	"net/http"
	"os"
	"runtime"
	"strconv"
	"syscall"
)

const startPage = "<p>Hello, World! <a href=\"/0\">start</a>\n"

// setting is the value of an environment variable, or fallback if it isn't set.
func setting(name, fallback string) string {
	if value := os.Getenv(name); value != "" {
		return value
	}
	return fallback
}

// number is a setting that must be a number.
func number(name, fallback string) int {
	value, err := strconv.Atoi(setting(name, fallback))
	if err != nil {
		log.Fatalf("%s: %v", name, err)
	}
	return value
}

// page is the body for a path; ok is false for a page that does not exist (404).
func page(path string) (body string, ok bool) {
	if path == "/" {
		return startPage, true
	}
	if path == "" || path[0] != '/' || len(path) > len("/4294967295") {
		return "", false
	}
	n, err := strconv.ParseUint(path[1:], 10, 32)
	if err != nil {
		return "", false
	}
	// A linear congruential generator of full period: the links visit all 2^32 pages.
	next := 1664525*uint32(n) + 1013904223
	return fmt.Sprintf("<a href=\"/%d\">%d</a>\n", next, next), true
}

func answer(w http.ResponseWriter, r *http.Request) {
	host, _, _ := net.SplitHostPort(r.RemoteAddr)
	fmt.Fprintln(os.Stderr, host)
	body, ok := page(r.URL.Path)
	if !ok || r.Method != http.MethodGet {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", "text/html")
	fmt.Fprint(w, body)
}

// listen is net.Listen with our backlog: Go uses the system's maximum, so listen(2) is called once more.
func listen(address string, backlog int) (net.Listener, error) {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return nil, err
	}
	connection, err := listener.(*net.TCPListener).SyscallConn()
	if err != nil {
		return nil, err
	}
	var failed error
	err = connection.Control(func(fd uintptr) { failed = syscall.Listen(int(fd), backlog) })
	if err == nil {
		err = failed
	}
	return listener, err
}

func main() {
	runtime.GOMAXPROCS(number("BENCH_WORKERS", "1"))
	address := net.JoinHostPort(setting("BENCH_HOST", "127.0.0.1"), setting("BENCH_PORT", "8080"))
	listener, err := listen(address, number("BENCH_BACKLOG", "128"))
	if err != nil {
		log.Fatal(err)
	}
	// Not a ServeMux, which would redirect paths such as "//" instead of returning 404.
	log.Fatal(http.Serve(listener, http.HandlerFunc(answer)))
}
