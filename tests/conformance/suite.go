// SPDX-License-Identifier: Apache-2.0

// Package conformance names what Knative's tests are made of, so that go.mod and go.sum have all that they
// need: a package of tests alone cannot be imported.
package conformance

import (
	_ "k8s.io/client-go/plugin/pkg/client/auth/gcp"
	_ "knative.dev/eventing/test/experimental/features/delivery_timeout"
	_ "knative.dev/eventing/test/rekt/features/apiserversource"
	_ "knative.dev/eventing/test/rekt/features/authz"
	_ "knative.dev/eventing/test/rekt/features/broker"
	_ "knative.dev/eventing/test/rekt/features/channel"
	_ "knative.dev/eventing/test/rekt/features/containersource"
	_ "knative.dev/eventing/test/rekt/features/eventtransform"
	_ "knative.dev/eventing/test/rekt/features/integrationsink"
	_ "knative.dev/eventing/test/rekt/features/integrationsource"
	_ "knative.dev/eventing/test/rekt/features/jobsink"
	_ "knative.dev/eventing/test/rekt/features/new_trigger_filters"
	_ "knative.dev/eventing/test/rekt/features/oidc"
	_ "knative.dev/eventing/test/rekt/features/parallel"
	_ "knative.dev/eventing/test/rekt/features/pingsource"
	_ "knative.dev/eventing/test/rekt/features/sequence"
	_ "knative.dev/eventing/test/rekt/features/sinkbinding"
	_ "knative.dev/eventing/test/rekt/features/trigger"
	_ "knative.dev/eventing/test/rekt/resources/awsconfig"
	_ "knative.dev/networking/test/conformance/ingress"
	_ "knative.dev/pkg/system/testing"
	_ "knative.dev/reconciler-test/pkg/environment"
	_ "knative.dev/reconciler-test/pkg/eventshub"
	_ "knative.dev/reconciler-test/pkg/knative"
	_ "knative.dev/reconciler-test/pkg/tracing"
)
