// SPDX-License-Identifier: Apache-2.0
#include "simulator/simulator_service.hpp"

int main(int argument_count, char** arguments) {
    return millrace::run_service(
        millrace::simulator::simulator_description(), argument_count, arguments);
}
