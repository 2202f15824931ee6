// SPDX-License-Identifier: Apache-2.0
#include "configurator/api/system_view.hpp"

#include "common/net/certificate.hpp"
#include "configurator/api/form_view.hpp"

namespace millrace::configurator {
namespace {

Json trial_view(SystemFollower const& follower, SteadyTime now) {
    Trial const& trial = *follower.trial();
    Trial::State const state = trial.state();
    bool const is_waiting = state == Trial::State::on_trial;
    // Over, and not yet on the disk.
    Trial::State const shown = state == Trial::State::kept ? Trial::State::applying
                               : trial.is_over()           ? Trial::State::undoing
                                                           : state;
    auto const left = std::chrono::ceil<seconds>(trial.until() - now);
    return {
        {"state", std::string(to_string(shown))},
        {"title", follower.step_title()},
        {"problem", trial.problem()},
        {"remainingSeconds", is_waiting ? std::max<std::int64_t>(left.count(), 0) : 0}};
}

/// One that is damaged is shown as none: the page must not fail because of it.
std::optional<Json> certificate_view(std::string const& pem, PropertyTexts const& form) {
    auto const facts = describe_certificates(pem);
    auto const fingerprint = certificate_fingerprint(pem);
    if (!facts || !fingerprint)
        return std::nullopt;
    auto const given = form.find("custom_tls_ca_cert");
    return Json{
        {"own", given == form.end() || given->second.empty()},
        {"names", facts->front().names},
        {"expires", format_rfc3339(facts->front().not_after)},
        {"fingerprint", *fingerprint}};
}

}  // namespace

Json system_view(
    SystemFollower const& follower, std::optional<std::string> const& certificate_pem,
    SteadyTime now) {
    Json view = values_view(follower.form());
    view["groups"] = system_groups();
    if (certificate_pem)
        if (auto certificate = certificate_view(*certificate_pem, follower.form()))
            view["certificate"] = std::move(*certificate);
    if (follower.trial())
        view["trial"] = trial_view(follower, now);
    if (auto const& last = follower.last())
        view["last"] = {
            {"outcome", std::string(to_string(last->state))},
            {"problem", last->problem},
            {"time", format_rfc3339(last->time)}};
    return view;
}

}  // namespace millrace::configurator
