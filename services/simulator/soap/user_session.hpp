// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "simulator/datacentre/session_registry.hpp"

namespace millrace::simulator {

/// The fields of UserSession.
std::string user_session_xml(Session const& session);

}  // namespace millrace::simulator
