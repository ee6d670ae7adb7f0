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
	Nodes:      500_000,
}

// A Root is what a scan may read: one folder, or several that are mounted
// under names of their own. Links that leave a folder are refused by the
// operating system's own rules (os.Root), not by ours.
type Root struct {
	mounts []mount
	limits Limits
	read   atomic.Int64
}

// Open opens one folder; paths are relative to it.
func Open(dir string, limits Limits) (*Root, error) {
	return OpenAll([]Mount{{Dir: dir}}, limits)
}

// Close releases the folders.
func (r *Root) Close() error {
	var errs []error
	for _, m := range r.mounts {
		errs = append(errs, m.root.Close())
	}
	return errors.Join(errs...)
}

// Limits are the limits that the root was opened with.
func (r *Root) Limits() Limits { return r.limits }

// skipped are folders whose content others wrote or tools made: version
// control, installed libraries, build output. They hold no source of the
// application.
var skipped = []string{".git", ".hg", ".svn", "node_modules", ".aws-sam", ".terraform", ".serverless", "__pycache__", ".venv", "venv", ".tox", ".nox", "site-packages", "bower_components", ".gradle", ".m2", ".npm", ".yarn", ".pnpm-store", ".aws-composer"}

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
	for i := range r.mounts {
		files = r.mounts[i].list(files, r.limits.Files, &problems)
	}
	slices.SortFunc(files, func(a, b File) int { return strings.Compare(a.Path, b.Path) })
	return files, problems.Sorted()
}

// list adds the folder's files to those listed already.
func (m *mount) list(files []File, limit int, problems *Problems) []File {
	if len(m.only) > 0 {
		return m.listed(files, problems)
	}
	err := fs.WalkDir(m.root.FS(), ".", func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			problems.Add(FileSpan(m.name(p)), "cannot be read: %v", cause(err))
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
		if len(files) >= limit {
			problems.Add(FileSpan(m.name(p)), "more than %d files; this one and those after it are not read", limit)
			return fs.SkipAll
		}
		if f, ok := m.stat(p, d, problems); ok {
			files = append(files, f)
		}
		return nil
	})
	if err != nil {
		problems.Add(FileSpan(m.name(".")), "cannot be listed: %v", cause(err))
	}
	return files
}

// listed adds the files that were named one by one.
func (m *mount) listed(files []File, problems *Problems) []File {
	for _, p := range m.only {
		if info, err := m.root.Stat(p); err == nil && info.Mode().IsRegular() {
			files = append(files, File{Path: m.name(p), Size: info.Size()})
			continue
		}
		problems.Add(FileSpan(m.name(p)), "is no regular file inside its folder; it is not read")
	}
	return files
}

func (m *mount) stat(p string, d fs.DirEntry, problems *Problems) (File, bool) {
	at := m.name(p)
	if d.Type()&fs.ModeSymlink != 0 {
		info, err := m.root.Stat(p)
		switch {
		case err != nil:
			problems.Add(FileSpan(at), "the link is not followed: %v", cause(err))
			return File{}, false
		case info.Mode().IsRegular():
			return File{Path: at, Size: info.Size()}, true
		case info.IsDir():
			problems.Add(FileSpan(at), "the link to a folder is not followed")
		}
		return File{}, false
	}
	if !d.Type().IsRegular() {
		return File{}, false
	}
	info, err := d.Info()
	if err != nil {
		problems.Add(FileSpan(at), "cannot be read: %v", cause(err))
		return File{}, false
	}
	return File{Path: at, Size: info.Size()}, true
}

// List names the regular files directly in a folder, sorted, without reading
// them. It also lists folders that Files passes over; what cannot be listed is
// empty.
func (r *Root) List(dir string) []string {
	m, inside, err := r.find(dir)
	if err != nil {
		return nil
	}
	entries, err := fs.ReadDir(m.root.FS(), inside)
	if err != nil {
		return nil
	}
	var names []string
	for _, e := range entries {
		at := path.Join(inside, e.Name())
		if len(m.only) > 0 && !slices.Contains(m.only, at) {
			continue
		}
		if e.Type()&fs.ModeSymlink != 0 {
			if info, err := m.root.Stat(at); err != nil || !info.Mode().IsRegular() {
				continue
			}
		} else if !e.Type().IsRegular() {
			continue
		}
		names = append(names, e.Name())
	}
	return names
}

// Errors that Read gives for files that a scan must not read.
var (
	ErrTooLarge = errors.New("the file is larger than remit reads")
	ErrTotal    = errors.New("the files together are larger than remit reads")
	ErrOutside  = errors.New("the path leaves the scanned folder")
)

// Read returns the content of a file, whole or not at all.
func (r *Root) Read(name string) ([]byte, error) {
	f, info, err := r.open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if info.Size() > r.limits.FileBytes {
		return nil, fmt.Errorf("%w: %d bytes, the limit is %d", ErrTooLarge, info.Size(), r.limits.FileBytes)
	}
	if r.read.Add(info.Size()) > r.limits.TotalBytes {
		return nil, ErrTotal
	}
	// A file may grow between Stat and Read.
	buf := bytes.NewBuffer(make([]byte, 0, info.Size()+bytes.MinRead))
	if _, err := buf.ReadFrom(io.LimitReader(f, r.limits.FileBytes+1)); err != nil {
		return nil, cause(err)
	}
	if int64(buf.Len()) > r.limits.FileBytes {
		return nil, ErrTooLarge
	}
	return buf.Bytes(), nil
}

// open opens a regular file. What is none is refused before it is opened, since
// a named pipe would block, and again after, since another file may have taken
// its place.
func (r *Root) open(name string) (*os.File, fs.FileInfo, error) {
	m, inside, err := r.find(name)
	if err != nil {
		return nil, nil, err
	}
	info, err := m.root.Stat(inside)
	if err != nil {
		return nil, nil, cause(err)
	}
	if !info.Mode().IsRegular() {
		return nil, nil, errors.New("not a regular file")
	}
	f, err := m.root.Open(inside)
	if err != nil {
		return nil, nil, cause(err)
	}
	if info, err = f.Stat(); err != nil || !info.Mode().IsRegular() {
		f.Close()
		return nil, nil, errors.New("not a regular file")
	}
	return f, info, nil
}

// Contains tells of a file of any size whether one of the words stands in it,
// without holding the file in memory.
func (r *Root) Contains(name string, words ...string) (bool, error) {
	f, _, err := r.open(name)
	if err != nil {
		return false, err
	}
	defer f.Close()
	keep := 0 // bytes of one chunk that a word may share with the next
	for _, w := range words {
		keep = max(keep, len(w)-1)
	}
	buf := make([]byte, 64<<10)
	have := 0
	for {
		n, err := f.Read(buf[have:])
		for _, w := range words {
			if bytes.Contains(buf[:have+n], []byte(w)) {
				return true, nil
			}
		}
		if err == io.EOF {
			return false, nil
		}
		if err != nil {
			return false, cause(err)
		}
		tail := min(keep, have+n)
		copy(buf, buf[have+n-tail:have+n])
		have = tail
	}
}

// IsDir reports whether name is a folder inside the root.
func (r *Root) IsDir(name string) bool {
	m, inside, err := r.find(name)
	if err != nil {
		return false
	}
	info, err := m.root.Stat(inside)
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
	if text := bytes.TrimLeft(Plain(data), " \t\r\n"); len(text) > 0 && text[0] == '{' {
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
