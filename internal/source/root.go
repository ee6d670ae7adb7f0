package source

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"sync/atomic"
)

// Limits bound what one scan reads. A limit that is hit becomes a problem.
type Limits struct {
	FileBytes  int64 // of one file
	TotalBytes int64 // of all files read
	Files      int   // listed under the root
	Depth      int   // of a document's nesting
	Nodes      int   // values of one document, aliases expanded
}

// DefaultLimits are far above what AWS accepts (a template may have 1 MB) and
// far below what would hurt.
var DefaultLimits = Limits{
	FileBytes:  8 << 20,
	TotalBytes: 1 << 30,
	Files:      500_000,
	Depth:      200,
	Nodes:      1_000_000,
}

// A Root is the one folder that a scan may read. Links that leave it are
// refused by the operating system's own rules (os.Root), not by ours.
type Root struct {
	root   *os.Root
	dir    string
	limits Limits
	read   atomic.Int64
}

// Open opens the folder.
func Open(dir string, limits Limits) (*Root, error) {
	r, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("cannot open %s: %w", dir, errors.Unwrap(err))
	}
	return &Root{root: r, dir: dir, limits: limits}, nil
}

// Close releases the folder.
func (r *Root) Close() error { return r.root.Close() }

// Dir is the folder's name as it was given.
func (r *Root) Dir() string { return r.dir }

// Limits are the limits that the root was opened with.
func (r *Root) Limits() Limits { return r.limits }

// skipped are folders whose content others wrote or tools made: version
// control, installed libraries, build output. They hold no source of the
// application.
var skipped = []string{".git", ".hg", ".svn", "node_modules", ".aws-sam", ".terraform", ".serverless", "__pycache__", ".venv", "venv", ".tox"}

// A File is one regular file under the root.
type File struct {
	Path string // relative, with slashes
	Size int64
}

// Files lists the regular files under the root in the order of their paths.
// Links that stay inside count as what they point to; those that leave are
// problems. Folders of version control and installed libraries are passed over.
func (r *Root) Files() ([]File, []Problem) {
	var files []File
	var problems Problems
	fsys := r.root.FS()
	err := fs.WalkDir(fsys, ".", func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			problems.Add(FileSpan(p), "cannot be read: %v", cause(err))
			if d != nil && d.IsDir() {
				return fs.SkipDir
			}
			return nil
		}
		if d.IsDir() {
			if p != "." && slices.Contains(skipped, d.Name()) {
				return fs.SkipDir
			}
			return nil
		}
		f, ok := r.stat(p, d, &problems)
		if ok {
			files = append(files, f)
		}
		if len(files) > r.limits.Files {
			problems.Add(FileSpan(p), "more than %d files; those after this one are not read", r.limits.Files)
			return fs.SkipAll
		}
		return nil
	})
	if err != nil {
		problems.Add(FileSpan("."), "cannot be listed: %v", cause(err))
	}
	slices.SortFunc(files, func(a, b File) int { return strings.Compare(a.Path, b.Path) })
	return files, problems.Sorted()
}

func (r *Root) stat(p string, d fs.DirEntry, problems *Problems) (File, bool) {
	if d.Type()&fs.ModeSymlink != 0 {
		info, err := r.root.Stat(p)
		switch {
		case err != nil:
			problems.Add(FileSpan(p), "the link is not followed: %v", cause(err))
			return File{}, false
		case info.Mode().IsRegular():
			return File{Path: p, Size: info.Size()}, true
		case info.IsDir():
			problems.Add(FileSpan(p), "the link to a folder is not followed")
		}
		return File{}, false
	}
	if !d.Type().IsRegular() {
		return File{}, false
	}
	info, err := d.Info()
	if err != nil {
		problems.Add(FileSpan(p), "cannot be read: %v", cause(err))
		return File{}, false
	}
	return File{Path: p, Size: info.Size()}, true
}

// Errors that Read gives for files that a scan must not read.
var (
	ErrTooLarge = errors.New("the file is larger than remit reads")
	ErrTotal    = errors.New("the files together are larger than remit reads")
	ErrOutside  = errors.New("the path leaves the scanned folder")
)

// Read returns the content of a file, whole or not at all.
func (r *Root) Read(name string) ([]byte, error) {
	clean, err := Clean(name)
	if err != nil {
		return nil, err
	}
	f, err := r.root.Open(clean)
	if err != nil {
		return nil, cause(err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, cause(err)
	}
	if !info.Mode().IsRegular() {
		return nil, errors.New("not a regular file")
	}
	if info.Size() > r.limits.FileBytes {
		return nil, fmt.Errorf("%w: %d bytes, the limit is %d", ErrTooLarge, info.Size(), r.limits.FileBytes)
	}
	if r.read.Add(info.Size()) > r.limits.TotalBytes {
		return nil, ErrTotal
	}
	// A file may grow between Stat and Read.
	data, err := io.ReadAll(io.LimitReader(f, r.limits.FileBytes+1))
	if err != nil {
		return nil, cause(err)
	}
	if int64(len(data)) > r.limits.FileBytes {
		return nil, ErrTooLarge
	}
	return data, nil
}

// IsDir reports whether name is a folder inside the root.
func (r *Root) IsDir(name string) bool {
	clean, err := Clean(name)
	if err != nil {
		return false
	}
	info, err := r.root.Stat(clean)
	return err == nil && info.IsDir()
}

// Clean makes a relative, slash-separated path of name, or fails with
// ErrOutside where it would leave the root.
func Clean(name string) (string, error) {
	clean := path.Clean(strings.ReplaceAll(name, `\`, "/"))
	if path.IsAbs(clean) || clean == ".." || strings.HasPrefix(clean, "../") || strings.ContainsRune(clean, 0) {
		return "", ErrOutside
	}
	return clean, nil
}

// Join resolves a path that is written in a file against that file's folder.
func Join(file, name string) (string, error) {
	if path.IsAbs(name) {
		return "", ErrOutside
	}
	return Clean(path.Join(path.Dir(file), name))
}

// cause drops the operation and path that fs errors repeat.
func cause(err error) error {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		return pe.Err
	}
	return err
}

// Parse reads a document as JSON if it looks like JSON, as YAML otherwise.
func Parse(file string, data []byte, limits Limits) (*Node, []Problem) {
	if text := bytes.TrimLeft(bytes.TrimPrefix(data, []byte("\xef\xbb\xbf")), " \t\r\n"); len(text) > 0 && text[0] == '{' {
		n, problems := ParseJSON(file, data, limits)
		if n != nil {
			return n, problems
		}
		// Flow-style YAML looks like JSON; where neither reads it, the JSON
		// message is the one that helps.
		if y, yp := ParseYAML(file, data, limits); y != nil {
			return y, yp
		}
		return nil, problems
	}
	return ParseYAML(file, data, limits)
}
