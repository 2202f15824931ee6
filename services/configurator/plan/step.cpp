// SPDX-License-Identifier: Apache-2.0
#include "configurator/plan/step.hpp"

namespace millrace::configurator {
namespace {

std::string joined(std::vector<std::string> const& words, std::string_view between) {
    std::string text;
    for (std::string const& word : words)
        text.append(text.empty() ? "" : between).append(word);
    return text;
}

struct Describe {
    std::string operator()(WriteFile const& file) const { return "write " + file.path; }
    std::string operator()(RemoveFile const& file) const { return "remove " + file.path; }
    std::string operator()(KeepFolder const& folder) const {
        return "keep " + std::to_string(folder.files.size()) + " files in " + folder.path;
    }
    std::string operator()(FillTemplate const& one) const {
        return "write " + one.path + " from " + one.template_path;
    }
    std::string operator()(CopyFile const& one) const {
        return "write " + one.path + " from " + one.from;
    }
    std::string operator()(KeepDirectory const& one) const { return "keep folder " + one.path; }
    std::string operator()(EmptyFolder const& one) const { return "empty " + one.path; }
    std::string operator()(KeepCertificate const& one) const {
        CertificateRequest const& request = one.request;
        return "make " + one.paths.certificate + " for " +
               (request.names.empty() ? request.common_name : joined(request.names, ", "));
    }
    std::string operator()(RenewCertificate const& one) const {
        return "renew " + one.paths.certificate;
    }
    std::string operator()(KeepKeyPair const& one) const { return "make " + one.private_path; }
    std::string operator()(KeepToken const& one) const { return "make " + one.path; }
    std::string operator()(KeepKey const& one) const { return "make " + one.path; }
    std::string operator()(KeepClockOffset const& one) const { return "write " + one.path; }
    std::string operator()(KeepSecretValid const& one) const { return "empty " + one.secret; }
};

struct PathOf {
    std::string const& operator()(WriteFile const& file) const { return file.path; }
    std::string const& operator()(RemoveFile const& file) const { return file.path; }
    std::string const& operator()(KeepFolder const& folder) const { return folder.path; }
    std::string const& operator()(FillTemplate const& one) const { return one.path; }
    std::string const& operator()(CopyFile const& one) const { return one.path; }
    std::string const& operator()(KeepDirectory const& one) const { return one.path; }
    std::string const& operator()(EmptyFolder const& one) const { return one.path; }
    std::string const& operator()(KeepCertificate const& one) const {
        return one.paths.certificate;
    }
    std::string const& operator()(RenewCertificate const& one) const {
        return one.paths.certificate;
    }
    std::string const& operator()(KeepKeyPair const& one) const { return one.private_path; }
    std::string const& operator()(KeepToken const& one) const { return one.path; }
    std::string const& operator()(KeepKey const& one) const { return one.path; }
    std::string const& operator()(KeepClockOffset const& one) const { return one.path; }
    std::string const& operator()(KeepSecretValid const& one) const { return one.secret; }
};

}  // namespace

std::string describe(Change const& change) {
    return std::visit(Describe(), change);
}

std::string describe(Program const& program) {
    return "run " + joined(program.words, " ");
}

std::string describe(std::vector<Step> const& steps) {
    std::string text;
    for (Step const& step : steps) {
        text += step.title + "\n";
        for (Change const& change : step.changes)
            text += "  " + describe(change) + "\n";
        for (Program const& program : step.programs)
            text += "  " + describe(program) + "\n";
        for (Proof const& proof : step.proofs)
            text += "  wait for " + joined(proof.words, " ") + "\n";
    }
    return text;
}

std::string const& path_of(Change const& change) {
    return std::visit(PathOf(), change);
}

}  // namespace millrace::configurator
