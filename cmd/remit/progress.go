package main

import (
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"golang.org/x/term"
)

// progress shows on a terminal's standard error which stage a scan is in. It
// waits before it shows anything, so that a short scan stays silent, and
// leaves nothing behind.
type progress struct {
	out   io.Writer
	mu    sync.Mutex
	stage string
	shown bool
	stop  chan struct{}
	done  sync.WaitGroup
}

const progressDelay = 400 * time.Millisecond

// startProgress returns nil, which every method accepts, where standard error
// is no terminal or the user wants quiet.
func startProgress(stderr *os.File, quiet bool) *progress {
	if quiet || stderr == nil || !term.IsTerminal(int(stderr.Fd())) {
		return nil
	}
	p := &progress{out: stderr, stop: make(chan struct{})}
	p.done.Go(p.run)
	return p
}

func (p *progress) run() {
	tick := time.NewTicker(progressDelay)
	defer tick.Stop()
	start := time.Now()
	for {
		select {
		case <-p.stop:
			return
		case <-tick.C:
			p.mu.Lock()
			fmt.Fprintf(p.out, "\r\x1b[K%s … %ds", p.stage, int(time.Since(start).Seconds()))
			p.shown = true
			p.mu.Unlock()
		}
	}
}

// Stage names what is being done now.
func (p *progress) Stage(name string) {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.stage = name
}

// Done clears the line. It may be called again.
func (p *progress) Done() {
	if p == nil || p.stop == nil {
		return
	}
	close(p.stop)
	p.done.Wait()
	p.stop = nil
	if p.shown {
		fmt.Fprint(p.out, "\r\x1b[K")
	}
}
