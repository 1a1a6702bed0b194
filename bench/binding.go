// SPDX-License-Identifier: Apache-2.0

//go:build ignore

// What binding.c measures, through the Go module.
package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"time"

	veridac "github.com/veridac/veridac/bindings/go"
)

const keys = 1000

func must(err error) {
	if err != nil {
		panic(err)
	}
}

func slurp(parts ...string) []byte {
	data, err := os.ReadFile(filepath.Join(parts...))
	must(err)
	return data
}

func main() {
	bundle, folder, policy := os.Args[1], os.Args[2], veridac.Policy{Preset: veridac.Permissive, Network: veridac.Test}
	evidence := time.Unix(1790000000, 0)
	seconds, _ := strconv.ParseInt(os.Args[3], 10, 64)
	rounds, _ := strconv.Atoi(os.Args[6])
	at := time.Unix(seconds, 0)
	s, err := veridac.OpenSnapshot(bundle, veridac.SnapshotOptions{})
	must(err)
	asker := s.Issuer([]byte("golden 6"), bytes.Repeat([]byte{6}, 20), policy)
	trust, err := veridac.NewTrust()
	must(err)
	_, err = trust.AddPAA(bytes.NewReader(slurp(folder, "trust/0-paa.der")), veridac.Source{Network: veridac.Test})
	must(err)
	_, err = trust.AddCDSigner(bytes.NewReader(slurp(folder, "cd-signers/0-cdsigner.der")), veridac.Source{Network: veridac.Test})
	must(err)
	v, err := veridac.NewVerifier(trust, nil, policy)
	must(err)
	vid, pid := uint16(0xFFF1), uint16(0x8000)
	device := &veridac.Device{DAC: slurp(folder, "dac.der"), PAI: slurp(folder, "pai.der"),
		Elements: slurp(folder, "elements.bin"), Signature: slurp(folder, "signature.bin"),
		Challenge: slurp(os.Args[4]), Nonce: slurp(os.Args[5]), VID: &vid, PID: &pid}
	block, serials, statuses := make([]byte, 16*keys), make([][]byte, keys), make([]veridac.Status, keys)
	for i := range serials {
		block[16*i+14], block[16*i+15] = byte(i>>8), byte(i)
		serials[i] = block[16*i : 16*i+16]
	}
	per := func(n int, f func(i int)) float64 {
		start := time.Now()
		for i := 0; i < n; i++ {
			f(i)
		}
		return float64(time.Since(start).Nanoseconds()) / float64(n)
	}
	for i := 0; i < rounds; i++ {
		one := per(200000, func(i int) {
			_, err := asker.Check(serials[i%keys], evidence)
			must(err)
		})
		many := per(200, func(int) { must(asker.CheckBlock(context.Background(), block, 16, evidence, statuses)) }) / keys
		whole := per(500, func(int) {
			_, err := v.Verify(device, at)
			must(err)
		})
		fmt.Println(one, many, whole)
	}
}
