// SPDX-License-Identifier: Apache-2.0

package main

import (
	"runtime/debug"
	"runtime/metrics"
	"time"
)

const (
	collectorPeriod = 10 * time.Second
	// At rest a process is allowed so much garbage, in percent of what lives.
	leastGarbage = 10
	// And otherwise as much as it makes in so many periods.
	periodsBetweenCollections = 3
)

// paceCollector has the collector run about every half minute where little is allocated, with the garbage of that time
// instead of GOGC's percentage of what lives: most of what a cluster at rest would hold. GOGC is what a busy process is
// allowed: at its start and whenever much happens, a smaller heap would only cost time.
func paceCollector() {
	most := debug.SetGCPercent(-1)
	debug.SetGCPercent(most)
	if most < leastGarbage {
		return
	}
	samples := []metrics.Sample{{Name: "/gc/heap/allocs:bytes"}, {Name: "/gc/heap/live:bytes"}}
	before := uint64(0)
	for range time.Tick(collectorPeriod) {
		metrics.Read(samples)
		allocated, lives := samples[0].Value.Uint64(), samples[1].Value.Uint64()
		if lives > 0 {
			percent := 100 * periodsBetweenCollections * (allocated - before) / lives
			debug.SetGCPercent(int(min(max(percent, leastGarbage), uint64(most))))
		}
		before = allocated
	}
}
