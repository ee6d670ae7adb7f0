package source

import (
	"fmt"
	"os"
	"strings"
)

// A Mount is one folder of a Root.
type Mount struct {
	Dir string
	// Name is what paths of the folder start with; empty for the only folder
	// of a Root. No name may lie inside another.
	Name string
	// Only, if set, are the files that Files lists, relative to Dir. Other
	// files of the folder can still be read by name.
	Only []string
}

type mount struct {
	prefix string // "" or the name with a slash behind it
	only   []string
	root   *os.Root
}

// OpenAll opens folders that are scanned together.
func OpenAll(mounts []Mount, limits Limits) (*Root, error) {
	r := &Root{limits: limits}
	for _, m := range mounts {
		root, err := os.OpenRoot(m.Dir)
		if err != nil {
			r.Close()
			return nil, fmt.Errorf("cannot open %s: %w", m.Dir, cause(err))
		}
		opened := mount{only: m.Only, root: root}
		if m.Name != "" {
			opened.prefix = m.Name + "/"
		}
		r.mounts = append(r.mounts, opened)
	}
	return r, nil
}

// Names returns the names of the folders in the order in which they were
// given; one empty name for the only folder of a Root.
func (r *Root) Names() []string {
	names := make([]string, len(r.mounts))
	for i := range r.mounts {
		names[i] = strings.TrimSuffix(r.mounts[i].prefix, "/")
	}
	return names
}

// name is the path that the Root gives to a file of the folder.
func (m *mount) name(inside string) string {
	if inside == "." && m.prefix != "" {
		return strings.TrimSuffix(m.prefix, "/")
	}
	return m.prefix + inside
}

// find returns the folder that holds a path, and the path inside it.
func (r *Root) find(name string) (*mount, string, error) {
	clean, err := Clean(name)
	if err != nil {
		return nil, "", err
	}
	for i := range r.mounts {
		m := &r.mounts[i]
		if clean+"/" == m.prefix {
			return m, ".", nil
		}
		if rest, ok := strings.CutPrefix(clean, m.prefix); ok {
			return m, rest, nil
		}
	}
	return nil, "", fmt.Errorf("%w: no scanned folder holds %s", ErrOutside, clean)
}
