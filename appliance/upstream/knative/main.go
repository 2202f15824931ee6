// SPDX-License-Identifier: Apache-2.0

// Knative Serving, net-kourier and Knative Eventing as one program that is called by several names,
// so that its processes share one file's text pages: through a link of the name, or as
// `knative NAME ...`. Controllers and webhooks that upstream runs as processes of their own run
// together here (measured: 427 MiB become 137): one process a namespace, since
// system.Namespace() is one a process.
package main

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"knative.dev/eventing/pkg/auth"
	"knative.dev/eventing/pkg/eventingtls"
	"knative.dev/eventing/pkg/reconciler/sinkbinding"
	kourierfilter "knative.dev/net-kourier/pkg/reconciler/informerfiltering"
	kourier "knative.dev/net-kourier/pkg/reconciler/ingress"
	filteredfactory "knative.dev/pkg/client/injection/kube/informers/factory/filtered"
	"knative.dev/pkg/injection"
	"knative.dev/pkg/injection/sharedmain"
	"knative.dev/pkg/signals"
	"knative.dev/pkg/webhook"
	"knative.dev/pkg/webhook/certificates"
	"knative.dev/pkg/webhook/psbinding"

	"millrace.dev/appliance/upstream/knative/upstream/activator"
	"millrace.dev/appliance/upstream/knative/upstream/autoscaler"
	"millrace.dev/appliance/upstream/knative/upstream/eventingcontroller"
	"millrace.dev/appliance/upstream/knative/upstream/eventingwebhook"
	"millrace.dev/appliance/upstream/knative/upstream/servingcontroller"
	"millrace.dev/appliance/upstream/knative/upstream/servingwebhook"
)

// By the name that a process is called by.
var processes = map[string]func(){
	"serving":  serving,
	"eventing": eventing,
	"activator": func() {
		keepInformersOf("serving/cmd/activator")
		activator.Main()
	},
	"autoscaler": func() {
		keepInformersOf("serving/cmd/autoscaler")
		autoscaler.Main()
	},
}

// The port and names are those of upstream's own webhook processes: certificates, Services and
// webhook configurations name them.
func webhookOptions(service, secret string) webhook.Options {
	return webhook.Options{
		ServiceName: service,
		Port:        webhook.PortFromEnv(8443),
		SecretName:  secret,
	}
}

// Serving's controllers, its webhook and kourier's controller.
func serving() {
	keepInformersOf("serving/cmd/controller", "serving/cmd/webhook", "net-kourier/cmd/kourier")
	ctx := webhook.WithOptions(signals.NewContext(), webhookOptions("webhook", "webhook-certs"))
	ctx = kourierfilter.GetContextWithFilteringLabelSelector(ctx)
	sharedmain.MainWithContext(ctx, "controller",
		slices.Concat(servingwebhook.Constructors, servingcontroller.Constructors,
			[]injection.ControllerConstructor{kourier.NewController})...)
}

// Eventing's controllers and its webhook.
func eventing() {
	keepInformersOf("eventing/cmd/controller", "eventing/cmd/webhook")
	withoutInformersOf(
		// Of the kinds that are not installed (generate, manifests/patches.yaml).
		"/eventing/v1alpha1/eventtransform", "/eventing/v1alpha1/requestreply", "/sinks/v1alpha1/integrationsink",
		"/sinks/v1alpha1/jobsink", "/sources/v1alpha1/integrationsource",
		// What only their controllers read.
		"/apps/v1/deployment/filtered", "/batch/v1/job/filtered", "/core/v1/service/filtered",
		"/sources/v1/sinkbinding/filtered", "eventing/pkg/client/injection/informers/factory/filtered")
	const kubernetesInformers = "knative.dev/pkg/client/injection/kube/informers/"
	filterInformers(map[string][]string{
		kubernetesInformers + "core/v1/configmap/filtered":      {eventingtls.TrustBundleLabelSelector},
		kubernetesInformers + "core/v1/secret/filtered":         {auth.OIDCLabelSelector},
		kubernetesInformers + "core/v1/serviceaccount/filtered": {auth.OIDCLabelSelector},
		kubernetesInformers + "rbac/v1/role/filtered":           {auth.OIDCLabelSelector},
		kubernetesInformers + "rbac/v1/rolebinding/filtered":    {auth.OIDCLabelSelector},
	})
	ctx := webhook.WithOptions(signals.NewContext(),
		webhookOptions("eventing-webhook", "eventing-webhook-certs"))
	ctx = filteredfactory.WithSelectors(ctx, auth.OIDCLabelSelector, eventingtls.TrustBundleLabelSelector)
	selector := psbinding.WithSelector(psbinding.ExclusionSelector)
	if os.Getenv("SINK_BINDING_SELECTION_MODE") == "inclusion" {
		selector = psbinding.WithSelector(psbinding.InclusionSelector)
	}
	sharedmain.MainWithContext(ctx, "controller",
		slices.Concat(eventingcontroller.Constructors, []injection.ControllerConstructor{
			certificates.NewController,
			eventingwebhook.NewConfigValidationController,
			eventingwebhook.NewValidationAdmissionController,
			eventingwebhook.NewDefaultingAdmissionController,
			eventingwebhook.NewConversionController,
			sinkbinding.NewController,
			eventingwebhook.NewSinkBindingWebhook(selector),
		})...)
}

// sysexits.h: wrong usage.
const exitUsage = 64

func main() {
	name := filepath.Base(os.Args[0])
	if processes[name] == nil && len(os.Args) > 1 {
		name = os.Args[1]
		os.Args = os.Args[1:]
	}
	run := processes[name]
	if run == nil {
		names := strings.Join(slices.Sorted(maps.Keys(processes)), ", ")
		fmt.Fprintf(os.Stderr, "%q is none of %s.\n", name, names)
		os.Exit(exitUsage)
	}
	run()
}
