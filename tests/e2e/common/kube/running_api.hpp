// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/kube/api_server/api_access.hpp"
#include "tests/support/child_service.hpp"
#include "tests/support/temporary_folder.hpp"

namespace millrace::test {

/// A real Kubernetes API server with an etcd of its own, on loopback, in a temporary folder; both
/// end with it. It serves Knative's Broker, Trigger and Service and has the namespace "other".
/// Programs: $MILLRACE_UPSTREAM/kube-apiserver and kubectl (scripts/build-upstream), etcd of the
/// system.
class RunningApi {
public:
    RunningApi();

    /// Starts what does not run and waits until it answers; fails the test after 30 s.
    void start();
    /// kill -9.
    void kill_api_server() { api_server_.kill_hard(); }

    /// As an administrator, by a client certificate.
    std::filesystem::path kubeconfig() const { return folder_.path() / "admin.kubeconfig"; }
    /// As `token`, which the API server knows or not.
    ApiAccess with_token(std::string token) const;
    /// Runs kubectl as an administrator; its output. Fails the test if it fails.
    std::string kubectl(std::string const& arguments) const;

    /// kubectl apply, or create, of objects as YAML.
    void apply(std::string const& yaml) const { send("apply", yaml); }
    void create(std::string const& yaml) const { send("create", yaml); }

private:
    void send(std::string const& verb, std::string const& yaml) const;

    TemporaryFolder folder_;
    std::uint16_t port_;
    std::uint16_t etcd_port_;
    ChildService etcd_;
    ChildService api_server_;
};

/// The one of this process: a start takes seconds.
RunningApi& running_api();

/// A user whom it knows, without any right.
inline constexpr std::string_view token_without_rights = "token-without-rights";

}  // namespace millrace::test
