// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"reflect"
	"runtime"
	"strings"

	"k8s.io/client-go/rest"
	filteredfactory "knative.dev/pkg/client/injection/kube/informers/factory/filtered"
	"knative.dev/pkg/controller"
	"knative.dev/pkg/injection"
)

// narrowed is the process-wide registry of injection, less what other processes of this program
// use. Each generated informer package registers itself when it is linked, and a process starts all
// informers that are registered: of all of Knative, in each of its processes, whose filtered ones
// panic where a process gives no selectors.
type narrowed struct {
	injection.Interface
	packages map[string]bool
	// Label selectors by the package of a filtered informer; one that is not here has all of the process.
	selectors map[string][]string
}

// keepInformersOf leaves what the upstream programs of these import paths link ("serving/cmd/webhook",
// without the host).
func keepInformersOf(programs ...string) {
	packages := map[string]bool{}
	for _, program := range programs {
		for _, name := range strings.Fields(linked[program]) {
			packages[name] = true
		}
	}
	injection.Default = narrowed{injection.Default, packages, nil}
}

// withoutInformersOf leaves out what is in packages whose paths end so.
func withoutInformersOf(endings ...string) {
	kept := injection.Default.(narrowed)
	for _, ending := range endings {
		found := false
		for name := range kept.packages {
			if strings.HasSuffix(name, ending) {
				delete(kept.packages, name)
				found = true
			}
		}
		if !found {
			panic("no informer that is linked is called " + ending)
		}
	}
}

// filterInformers says which label selectors a filtered informer is for. Each would start once for each selector of the
// process, whoever needs it. A controller that needs another ends the process at its start, with the selector's name.
func filterInformers(selectors map[string][]string) {
	kept := injection.Default.(narrowed)
	kept.selectors = selectors
	injection.Default = kept
}

// packageOf is the import path of the package that a function is declared in.
func packageOf(function any) string {
	name := runtime.FuncForPC(reflect.ValueOf(function).Pointer()).Name() // path/of/package.function
	folder := strings.LastIndex(name, "/") + 1
	if dot := strings.Index(name[folder:], "."); dot >= 0 {
		return name[:folder+dot]
	}
	return name
}

func kept[T any](n narrowed, registered []T) []T {
	var result []T
	for _, function := range registered {
		if n.packages[packageOf(function)] {
			result = append(result, function)
		}
	}
	return result
}

func (n narrowed) GetClients() []injection.ClientInjector {
	return kept(n, n.Interface.GetClients())
}

func (n narrowed) GetInformerFactories() []injection.InformerFactoryInjector {
	return kept(n, n.Interface.GetInformerFactories())
}

func (n narrowed) GetDucks() []injection.DuckFactoryInjector {
	return kept(n, n.Interface.GetDucks())
}

func (n narrowed) GetInformers() []injection.InformerInjector {
	return kept(n, n.Interface.GetInformers())
}

func (n narrowed) GetFilteredInformers() []injection.FilteredInformersInjector {
	return kept(n, n.Interface.GetFilteredInformers())
}

// SetupInformers is injection's, over what is kept: the embedded one would see its own lists.
func (n narrowed) SetupInformers(
	ctx context.Context, config *rest.Config) (context.Context, []controller.Informer) {
	for _, inject := range n.GetClients() {
		ctx = inject(ctx, config)
	}
	for _, inject := range n.GetInformerFactories() {
		ctx = inject(ctx)
	}
	for _, inject := range n.GetDucks() {
		ctx = inject(ctx)
	}
	var informers []controller.Informer
	for _, inject := range n.GetInformers() {
		var informer controller.Informer
		ctx, informer = inject(ctx)
		informers = append(informers, informer)
	}
	for _, inject := range n.GetFilteredInformers() {
		if selectors, ok := n.selectors[packageOf(inject)]; ok {
			ctx = context.WithValue(ctx, filteredfactory.LabelKey{}, selectors)
		}
		var started []controller.Informer
		ctx, started = inject(ctx)
		informers = append(informers, started...)
	}
	return ctx, informers
}
