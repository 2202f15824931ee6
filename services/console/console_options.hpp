// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "common/base/flags.hpp"
#include "common/function/recipe.hpp"
#include "common/kube/resource_store.hpp"
#include "common/net/tls.hpp"
#include "console/auth/login.hpp"
#include "console/auth/session_store.hpp"
#include "console/host/function_host.hpp"
#include "console/upstream/upstream.hpp"

namespace millrace::console {

/// What the console is started with. All that reads a flag throws StartupError for what is wrong.
std::vector<Flag> console_flags();

/// TLS where --tls-certificate-file is given, or a self-signed certificate where the console
/// listens beyond loopback.
std::optional<TlsContext> console_tls(FlagValues const& flags);
/// The self-signed one, whatever --tls-certificate-file says: that may be yet to come.
std::optional<TlsContext> own_tls(FlagValues const& flags);

/// "127.0.0.1:8443" and the like.
bool is_loopback(std::string const& listen);
/// The names by which the console may be called.
std::set<std::string> allowed_hosts(FlagValues const& flags);

/// By which the other services are asked.
Secret read_token(FlagValues const& flags);
ServicePlaces service_places(FlagValues const& flags);
/// Sorted by title.
std::vector<Recipe> load_recipes(std::filesystem::path const& folder);
SessionLimits session_limits(FlagValues const& flags);
/// Who may sign in; by one-time link on loopback only.
Login load_login(FlagValues const& flags);

/// Where functions run: in Kubernetes by Knative, else by the runner of this machine. `store` and
/// `upstream` outlive it.
std::unique_ptr<FunctionHost> open_function_host(
    asio::any_io_executor executor, FlagValues const& flags, ResourceStore& store,
    Upstream& upstream);

}  // namespace millrace::console
