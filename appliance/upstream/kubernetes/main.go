// SPDX-License-Identifier: Apache-2.0

// Kubernetes as one program that is called by several names, so that its processes share one file's
// text pages and one place on the disk: `kube-apiserver ...` through a link of that name, or
// `kubernetes kube-apiserver ...`; and several in one process, which then has the initial data once. Each
// command is upstream's own; of the scheduler's only its handler of signals is left out.
package main

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	utilfeature "k8s.io/apiserver/pkg/util/feature"
	"k8s.io/component-base/cli"
	logsapi "k8s.io/component-base/logs/api/v1"
	_ "k8s.io/component-base/logs/json/register"          // --logging-format=json, as upstream's mains
	_ "k8s.io/component-base/metrics/prometheus/clientgo" // metrics of the API client
	_ "k8s.io/component-base/metrics/prometheus/version"  // kubernetes_build_info
	kubectl "k8s.io/kubectl/pkg/cmd"
	apiserver "k8s.io/kubernetes/cmd/kube-apiserver/app"
	controllermanager "k8s.io/kubernetes/cmd/kube-controller-manager/app"
	proxy "k8s.io/kubernetes/cmd/kube-proxy/app"
	scheduler "k8s.io/kubernetes/cmd/kube-scheduler/app"
	scheduleroptions "k8s.io/kubernetes/cmd/kube-scheduler/app/options"
	kubelet "k8s.io/kubernetes/cmd/kubelet/app"
)

// By the name that a process is called by. Made on demand: making one registers its flags and metrics.
var commands = map[string]func() *cobra.Command{
	"kube-apiserver":          apiserver.NewAPIServerCommand,
	"kube-controller-manager": controllermanager.NewControllerManagerCommand,
	"kube-scheduler":          schedulerCommand,
	"kube-proxy":              proxy.NewProxyCommand,
	"kubelet":                 func() *cobra.Command { return kubelet.NewKubeletCommand(context.Background()) },
	"kubectl":                 kubectl.NewDefaultKubectlCommand,
}

// sysexits.h: wrong usage.
const exitUsage = 64

// Between the commands of a process that runs several.
const separator = "--"

func main() {
	arguments := slices.Clone(os.Args)
	if commands[filepath.Base(arguments[0])] == nil {
		arguments = arguments[1:]
	}
	var all []*cobra.Command
	for _, line := range commandLines(arguments) {
		all = append(all, commandOf(line))
	}
	go paceCollector()
	if len(all) == 1 {
		os.Exit(cli.Run(all[0]))
	}
	// Logging belongs to the process: each sets it to the same.
	logsapi.ReapplyHandling = logsapi.ReapplyHandlingIgnoreUnchanged
	ended := make(chan int)
	for _, command := range all {
		go func() { ended <- cli.Run(command) }()
	}
	// None of them ends by itself. Whoever starts the process again starts all of them.
	os.Exit(max(<-ended, 1))
}

// commandLines tells them apart: `kube-scheduler ... -- kube-proxy ...` runs both in one process. Only kubectl has an
// argument of its own that looks like the separator.
func commandLines(arguments []string) [][]string {
	if len(arguments) > 0 && filepath.Base(arguments[0]) == "kubectl" {
		return [][]string{arguments}
	}
	lines := [][]string{{}}
	for _, argument := range arguments {
		if argument == separator {
			lines = append(lines, nil)
			continue
		}
		lines[len(lines)-1] = append(lines[len(lines)-1], argument)
	}
	return lines
}

func commandOf(line []string) *cobra.Command {
	name := ""
	if len(line) > 0 {
		name = filepath.Base(line[0])
	}
	makeCommand := commands[name]
	if makeCommand == nil {
		names := strings.Join(slices.Sorted(maps.Keys(commands)), ", ")
		fmt.Fprintf(os.Stderr, "%q is none of %s.\n", name, names)
		os.Exit(exitUsage)
	}
	command := makeCommand()
	command.SetArgs(line[1:])
	return command
}

// schedulerCommand is upstream's without its handler of signals: a process has one, and where the kubelet runs beside it,
// that is the kubelet's.
func schedulerCommand() *cobra.Command {
	options := scheduleroptions.NewOptions()
	command := &cobra.Command{
		Use:  "kube-scheduler",
		Args: cobra.NoArgs,
		PersistentPreRunE: func(*cobra.Command, []string) error {
			return options.ComponentGlobalsRegistry.Set()
		},
		RunE: func(*cobra.Command, []string) error {
			if err := logsapi.ValidateAndApply(options.Logs, utilfeature.DefaultFeatureGate); err != nil {
				return err
			}
			ctx := context.Background()
			config, run, err := scheduler.Setup(ctx, options)
			if err != nil {
				return err
			}
			return scheduler.Run(ctx, config, run)
		},
	}
	for _, flags := range options.Flags.FlagSets {
		command.Flags().AddFlagSet(flags)
	}
	return command
}
