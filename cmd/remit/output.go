package main

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// writeFile writes a report whole or not at all: into a new file beside the
// target that then takes its name. A scanned repository must not be able to
// choose where that is, so a link is refused as target, and so is a link
// anywhere between a scanned folder and a target inside it.
func writeFile(name string, data []byte, scanned []string) (err error) {
	if err := checkTarget(name, scanned); err != nil {
		return err
	}
	temp := filepath.Join(filepath.Dir(name), "."+filepath.Base(name)+"."+rand.Text()[:8])
	f, err := os.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return fmt.Errorf("cannot write %s: %w", name, cause(err))
	}
	defer func() {
		if err != nil {
			os.Remove(temp)
		}
	}()
	_, err = f.Write(data)
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	if err == nil {
		err = os.Rename(temp, name)
	}
	if err != nil {
		return fmt.Errorf("cannot write %s: %w", name, cause(err))
	}
	return nil
}

// checkTarget refuses what a report must not replace.
func checkTarget(name string, scanned []string) error {
	info, err := os.Lstat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return fmt.Errorf("cannot write %s: %w", name, cause(err))
	case info.Mode()&fs.ModeSymlink != 0:
		return fmt.Errorf("cannot write %s: it is a link; name the file itself", name)
	case !info.Mode().IsRegular():
		return fmt.Errorf("cannot write %s: it is no regular file; leave -o out to write to the terminal or a pipe", name)
	}
	target, err := filepath.Abs(name)
	if err != nil {
		return fmt.Errorf("cannot write %s: %w", name, err)
	}
	for _, dir := range scanned {
		root, err := filepath.Abs(dir)
		if err != nil {
			return fmt.Errorf("cannot write %s: %w", name, err)
		}
		rel, err := filepath.Rel(root, target)
		if err != nil || !filepath.IsLocal(rel) {
			continue
		}
		at := root
		for _, part := range strings.Split(filepath.Dir(rel), string(filepath.Separator)) {
			at = filepath.Join(at, part)
			if info, err := os.Lstat(at); err == nil && at != root && info.Mode()&fs.ModeSymlink != 0 {
				return fmt.Errorf("cannot write %s: %s is a link in the scanned folder; choose a folder outside it", name, filepath.ToSlash(filepath.Dir(rel)))
			}
		}
	}
	return nil
}

// cause drops the operation and path that file errors repeat.
func cause(err error) error {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		return pe.Err
	}
	var le *os.LinkError
	if errors.As(err, &le) {
		return le.Err
	}
	return err
}
