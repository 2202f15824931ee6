// SPDX-License-Identifier: Apache-2.0
#include "configurator/configurator.hpp"

#include "configurator/api/api_routes.hpp"

namespace millrace::configurator {
namespace {

/// What a form makes of a copy is what it makes of any configured machine.
Following with_copies(Following following) {
    following.change_of_copy = [](PropertyTexts const& form,
                                  PropertyTexts const& given) -> Checked<CopyChange> {
        auto change = change_of_copy(form, given, system_now());
        if (!change)
            return std::unexpected(std::move(change.error()));
        return CopyChange{std::move(change->form), std::move(change->apply)};
    };
    return following;
}

}  // namespace

Configurator::Configurator(
    asio::any_io_executor io, Journal journal, Hosts hosts, ConfiguratorOptions options)
    : worker_(io, 1, "configuration"),
      journal_(std::move(journal)),
      form_(io, worker_, journal_, hosts.configuration, with_copies(std::move(options.following))),
      system_(io, worker_, journal_, hosts.configuration),
      images_(io, hosts.images, std::move(options.images)),
      setup_api_(form_, options.api.code),
      system_api_(system_, std::move(options.api.certificate)),
      image_api_(images_) {}

Task<Result<void>> Configurator::run() {
    auto followed = co_await form_.run();
    co_return followed ? co_await system_.run() : std::move(followed);
}

Task<HttpAnswer> Configurator::handle(HttpRequest& request) {
    if (auto refused = check_route(request))
        co_return std::move(*refused);
    if (!request.path.starts_with("/api/v1/system"))
        co_return co_await setup_api_.handle(request);
    if (!sealed())
        co_return problem_answer(
            409, "system.notConfigured", "This appliance is not configured yet.");
    if (request.path.starts_with(ImageApi::prefix))
        co_return co_await image_api_.handle(request);
    co_return co_await system_api_.handle(request);
}

}  // namespace millrace::configurator
