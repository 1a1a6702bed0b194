// SPDX-License-Identifier: Apache-2.0

package repository

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func put(t *testing.T, folder, name string, data []byte) {
	t.Helper()
	path := filepath.Join(folder, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
}

func ask(t *testing.T, h http.Handler, method, path string, fields ...string) (*http.Response, []byte) {
	t.Helper()
	r := httptest.NewRequest(method, path, nil)
	for i := 0; i < len(fields); i += 2 {
		r.Header.Set(fields[i], fields[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	body, err := io.ReadAll(w.Result().Body)
	if err != nil {
		t.Fatal(err)
	}
	return w.Result(), body
}

func TestServes(t *testing.T) {
	folder, hash := t.TempDir(), strings.Repeat("0a", 32)
	bundle := bytes.Repeat([]byte("bundle"), 1000)
	put(t, folder, "head", []byte("head 1"))
	put(t, folder, "root/1", []byte("root"))
	put(t, folder, "s/"+hash, bundle)
	h := Handler(folder)

	r, body := ask(t, h, "GET", "/head")
	first := r.Header.Get("ETag")
	if r.StatusCode != 200 || string(body) != "head 1" || len(first) != tagSize+2 || r.Header.Get("Cache-Control") != brief {
		t.Error(r, body)
	}
	if r, body := ask(t, h, "GET", "/head", "If-None-Match", first); r.StatusCode != 304 || len(body) != 0 {
		t.Error(r, body)
	}
	put(t, folder, "head", []byte("head 2")) // in the same second
	if r, body := ask(t, h, "GET", "/head", "If-None-Match", first); r.StatusCode != 200 || string(body) != "head 2" {
		t.Error(r, body)
	}
	if r, body := ask(t, h, "GET", "/"+"root/1"); r.StatusCode != 200 || string(body) != "root" {
		t.Error(r, body)
	}
	r, body = ask(t, h, "GET", "/s/"+hash, "Range", "bytes=10-19")
	if r.StatusCode != 206 || !bytes.Equal(body, bundle[10:20]) || r.Header.Get("Cache-Control") != lasting {
		t.Error(r, body)
	}
	r, body = ask(t, h, "HEAD", "/s/"+hash)
	if r.StatusCode != 200 || len(body) != 0 || r.Header.Get("Content-Length") != "6000" {
		t.Error(r, body)
	}
	if r, _ := ask(t, http.StripPrefix("/below", h), "GET", "/below/head"); r.StatusCode != 200 {
		t.Error(r)
	}
}

func TestServesNothingElse(t *testing.T) {
	folder, outside, hash := t.TempDir(), t.TempDir(), strings.Repeat("0b", 32)
	put(t, outside, "secret", []byte("secret"))
	put(t, folder, "head", []byte("head"))
	put(t, folder, "publisher.key", []byte("secret"))
	put(t, folder, "h/1", []byte("history"))
	put(t, folder, "root/1", []byte("root"))
	put(t, folder, "s/other", []byte("other"))
	put(t, folder, "d/"+hash+"/file", []byte("in a folder"))
	if err := os.Symlink(filepath.Join(outside, "secret"), filepath.Join(folder, "s", hash)); err != nil {
		t.Fatal(err)
	}
	h := Handler(folder)
	for _, path := range []string{"", "root", "root/", "root/01", "root/0", "root/2", "publisher.key",
		"h/1", "s/other", "s/" + hash, "d/" + hash, "s/" + strings.ToUpper(hash), "head/", "/head",
		"../head", "root/../head", "root/1%00", "s/" + hash + "%0a", "status.json", "x/" + hash} {
		if r, body := ask(t, h, "GET", "/"+path); r.StatusCode != 404 || bytes.Contains(body, []byte("secret")) {
			t.Error(path, r.StatusCode)
		}
	}
	for _, method := range []string{"POST", "PUT", "DELETE", "OPTIONS"} {
		if r, _ := ask(t, h, method, "/head"); r.StatusCode != 405 || r.Header.Get("Allow") != "GET, HEAD" {
			t.Error(method, r)
		}
	}
	if r, _ := ask(t, Handler(outside), "GET", "/head"); r.StatusCode != 404 {
		t.Error(r)
	}
}
