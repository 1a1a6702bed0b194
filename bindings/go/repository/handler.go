// SPDX-License-Identifier: Apache-2.0

// Package repository serves a snapshot repository, or a store that was pulled, over HTTP. It needs neither
// cgo nor the C library.
package repository

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"time"
)

const (
	lasting = "public, max-age=31536000, immutable" // the name says what is in it
	brief   = "public, max-age=60"                  // the head
	maxHead = 1 << 16
	tagSize = 16 // digits: 64 bits of a hash tell versions of one file apart
)

// names are all that there is to ask for; no path is made of anything else.
var names = regexp.MustCompile(`^/(?:head|root/[1-9][0-9]{0,18}|(?:index|trust|s|d|p)/[0-9a-f]{64})$`)

// Handler serves the signed files below folder, GET and HEAD, with byte ranges and entity tags. Names
// outside of the layout, links and folders are 404. The folder is looked at with each request, so that
// what is published there is served at once. Put http.StripPrefix around it to serve below a path; what
// clients get they check against their root document.
func Handler(folder string) http.Handler {
	return handler(folder)
}

type handler string

func (folder handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	header := w.Header()
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		header.Set("Allow", "GET, HEAD")
		http.Error(w, "only GET and HEAD", http.StatusMethodNotAllowed)
		return
	}
	if !names.MatchString(r.URL.Path) {
		http.NotFound(w, r)
		return
	}
	file := open(filepath.Join(string(folder), filepath.FromSlash(r.URL.Path)))
	if file == nil {
		http.NotFound(w, r)
		return
	}
	defer file.Close()
	tag, cache := tagOf(file, r.URL.Path)
	if tag == "" {
		http.NotFound(w, r)
		return
	}
	info, err := file.Stat()
	if err != nil {
		http.NotFound(w, r)
		return
	}
	header.Set("ETag", `"`+tag+`"`)
	header.Set("Cache-Control", cache)
	header.Set("Content-Type", "application/octet-stream")
	header.Set("X-Content-Type-Options", "nosniff")
	// no date: a head may change twice in a second
	http.ServeContent(w, r, "", time.Time{}, io.NewSectionReader(file, 0, info.Size()))
}

// open opens a regular file, and not what a link leads to; nil for anything else.
func open(path string) *os.File {
	before, err := os.Lstat(path)
	if err != nil || !before.Mode().IsRegular() {
		return nil
	}
	file, err := os.Open(path)
	if err != nil {
		return nil
	}
	if after, err := file.Stat(); err != nil || !os.SameFile(before, after) {
		file.Close()
		return nil
	}
	return file
}

// tagOf tells the entity tag and how long it may be cached. Files are replaced and never changed: the head
// that was opened is the one that is hashed and sent.
func tagOf(file *os.File, path string) (tag, cache string) {
	if len(path) > sha256.Size*2 {
		return path[len(path)-sha256.Size*2:][:tagSize], lasting
	}
	data := make([]byte, maxHead+1)
	n, _ := file.ReadAt(data, 0)
	if n == 0 || n > maxHead {
		return "", ""
	}
	digest := sha256.Sum256(data[:n])
	if path == "/head" {
		return hex.EncodeToString(digest[:])[:tagSize], brief
	}
	return hex.EncodeToString(digest[:])[:tagSize], lasting
}
