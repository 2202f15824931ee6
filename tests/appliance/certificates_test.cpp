// SPDX-License-Identifier: Apache-2.0
// No certificate ends the appliance: with lives of minutes while it runs and while it is off, and
// with those that a clock has made which was years ahead.
#include <iostream>
#include <map>
#include <set>
#include <sstream>

#include "tests/appliance/whole_appliance.hpp"
#include "tests/support/catch.hpp"

using namespace millrace;
using namespace millrace::test;

namespace {

constexpr seconds life = 3min;
std::string const node = "/var/lib/millrace/cluster/certificates/";
std::string const web = "/etc/credstore/console.";

/// All that the appliance has made, but for the authority: serial numbers by file.
using Serials = std::map<std::string, std::string>;
std::set<std::string> const all_files = {
    node + "admin.crt",
    node + "coredns.crt",
    node + "front-proxy.crt",
    node + "kube-apiserver-kubelet-client.crt",
    node + "kube-apiserver.crt",
    node + "kube-controller-manager.crt",
    node + "kube-proxy.crt",
    node + "kube-scheduler.crt",
    node + "kubelet.crt",
    web + "client.crt",
    web + "crt"};
std::set<std::string> const all_secrets = {
    "knative-eventing/eventing-webhook-certs", "knative-serving/webhook-certs"};

Serials serials_of(Guest& guest) {
    std::istringstream lines(guest.run(
        "for file in " + node + "*.crt " + web +
        "*crt; do echo $file $(openssl x509 -noout -serial -in $file); done"));
    Serials serials;
    for (std::string file, serial; lines >> file >> serial;)
        if (!file.ends_with("/ca.crt") && file != web + "authority.crt")
            serials[file] = serial;
    return serials;
}

std::set<std::string> files_of(Serials const& serials) {
    std::set<std::string> files;
    for (auto const& [file, serial] : serials)
        files.insert(file);
    return files;
}

bool are_all_others(Serials const& before, Serials const& now) {
    for (auto const& [file, serial] : before)
        if (now.at(file) == serial)
            return false;
    return true;
}

/// Secrets of the cluster that have a certificate.
std::set<std::string> secrets_of(Guest& guest) {
    std::istringstream names(guest.run(
        "kubectl get secrets --all-namespaces --output=go-template='{{range .items}}{{$at := "
        ".metadata}}{{range $key, $value := .data}}{{$text := base64decode $value}}{{if (and (gt "
        "(len $text) 27) (eq (slice $text 0 27) \"-----BEGIN CERTIFICATE-----\"))}}"
        "{{$at.namespace}}/{{$at.name}} {{end}}{{end}}{{end}}'"));
    std::set<std::string> secrets;
    for (std::string name; names >> name;)
        secrets.insert(name);
    return secrets;
}

/// Two numbers for `openssl x509`: made in 2001 or in 2040, for a year.
std::string year_of(int year) {
    return " -not_before " + std::to_string(year) + "0101000000Z -not_after " +
           std::to_string(year + 1) + "0101000000Z ";
}

/// Gives Knative's webhooks certificates of that year.
void put_webhooks_in(Guest& guest, int year) {
    for (std::string const& secret : all_secrets) {
        auto const slash = secret.find('/');
        guest.run(
            "cd /run && openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes "
            "-subj /CN=webhook -keyout webhook.key -out webhook.crt" +
            year_of(year) + "2>&1 && kubectl create secret generic " + secret.substr(slash + 1) +
            " --namespace=" + secret.substr(0, slash) +
            " --from-file=server-key.pem=webhook.key --from-file=server-cert.pem=webhook.crt "
            "--from-file=ca-cert.pem=webhook.crt --dry-run=client --output=yaml | kubectl replace "
            "--filename=-");
    }
}

bool are_webhooks_valid(Guest& guest) {
    for (std::string const& secret : all_secrets) {
        auto const slash = secret.find('/');
        // -checkend says nothing of the beginning.
        if (!guest.succeeds(
                "set -e; kubectl get secret " + secret.substr(slash + 1) +
                " --namespace=" + secret.substr(0, slash) +
                " --output=go-template='{{index .data \"server-cert.pem\"|base64decode}}' "
                ">/run/webhook.now; openssl verify -partial_chain -trusted /run/webhook.now "
                "/run/webhook.now"))
            return false;
    }
    return true;
}

/// What a webhook is asked about goes through.
bool asks_webhooks(Guest& guest) {
    return guest.succeeds(
        "kubectl annotate --overwrite --namespace=vmware-functions broker --all touched=$(cat "
        "/proc/sys/kernel/random/uuid) && kubectl annotate --overwrite "
        "--namespace=vmware-functions ksvc --all touched=$(cat /proc/sys/kernel/random/uuid)");
}

/// The programs that have certificates ask each other.
void check_cluster(Guest& guest) {
    CHECK(guest.run("kubectl get --raw=/readyz") == "ok");
    CHECK(guest.run("kubectl wait --for=condition=Ready node/millrace --timeout=60s").size() > 0);
    // The API server asks the kubelet.
    guest.run("kubectl logs --namespace=millrace --selector=app.kubernetes.io/name --tail=1");
    wait_until("the webhooks answer", 120s, [&] { return asks_webhooks(guest); });
    for (std::string const& one : {std::string("6443"), std::string("10250")})
        CHECK(
            guest.run(
                "openssl s_client -connect $(. /etc/millrace/node.env; echo $NODE_ADDRESS):" + one +
                " </dev/null 2>/dev/null | openssl x509 -noout -serial") ==
            serials_of(guest).at(node + (one == "6443" ? "kube-apiserver.crt" : "kubelet.crt")) +
                "\n");
}

void expect_event(WebPage& page, std::string const& when) {
    sign_in(page);
    std::int64_t before = -1;
    wait_until(
        "the function is shown", event_limit, [&] { return (before = calls_of(page)) >= 0; });
    wait_until("an event " + when, event_limit, [&] { return calls_of(page) > before; });
}

/// Certificates live for minutes from now on, and are looked at often enough. Not before the
/// cluster is up: programs that start anew every two minutes would hold up a first boot.
void shorten_lives(Guest& guest) {
    guest.run(
        "set -e; echo 3m >/etc/millrace/certificate-life; cd /etc/systemd/system; "
        "mkdir millrace-node-renew.timer.d; printf '[Timer]\\nOnActiveSec=10s\\n"
        "OnUnitActiveSec=10s\\nAccuracySec=1s\\n' >millrace-node-renew.timer.d/often.conf; "
        "systemctl daemon-reload; systemctl start millrace-node-renew.service; systemctl restart "
        "millrace-node-renew.timer");
}

/// As if Knative's week had gone by while the machine was off: nobody is there to renew anything
/// between this and the next boot.
void end_webhooks(Guest& guest) {
    std::string const scale =
        "for space in knative-serving knative-eventing; do kubectl scale deployment --all "
        "--namespace=$space --replicas=";
    guest.run(
        scale + "0 && kubectl wait --for=delete pod --all --namespace=$space --timeout=90s; done");
    guest.run("systemctl stop millrace-node-renew.timer millrace-kubernetes.service");
    guest.run(scale + "1; done");
    put_webhooks_in(guest, 2001);
    REQUIRE_FALSE(are_webhooks_valid(guest));
}

}  // namespace

TEST_CASE(
    "certificates: all are renewed while it runs, and after it was off longer than they live") {
    Guest guest;
    ConfiguredAppliance appliance(guest);
    WebPage& page = appliance.page;
    expect_event(page, "after the first boot");

    Serials const of_a_year = serials_of(guest);
    shorten_lives(guest);
    wait_until("each has another life", life, [&] {
        return are_all_others(of_a_year, serials_of(guest));
    });
    Serials const first = serials_of(guest);
    CHECK(files_of(first) == all_files);
    CHECK(secrets_of(guest) == all_secrets);
    CHECK(
        guest.run("openssl x509 -noout -enddate -in " + node + "ca.crt") ==
        "notAfter=Dec 31 23:59:59 9999 GMT\n");
    SteadyTime const begin = steady_now();
    wait_until("each is renewed", life, [&] { return are_all_others(first, serials_of(guest)); });
    Serials const second = serials_of(guest);
    wait_until("and once more", life, [&] { return are_all_others(second, serials_of(guest)); });
    wait_until(
        "twice their life is over", 2 * life, [&] { return steady_now() - begin > 2 * life; });
    check_cluster(guest);
    expect_event(page, "after twice the certificates' life");
    CHECK(guest.run("systemctl list-units --failed --quiet").empty());

    end_webhooks(guest);
    guest.power_off();
    SteadyTime const off = steady_now();
    wait_until(
        "it was off longer than they live", 2 * life, [&] { return steady_now() - off > life; });
    guest.power_on();
    expect_event(page, "after it was off");
    guest.reach("finished");
    wait_until("the webhooks' are valid", 120s, [&] { return are_webhooks_valid(guest); });
    check_cluster(guest);
}

TEST_CASE("certificates: made by a clock that was years ahead, they are made anew once it is set") {
    Guest guest;
    ConfiguredAppliance appliance(guest);
    WebPage& page = appliance.page;
    expect_event(page, "after the first boot");

    // As that clock would have left it: certificates of 2040, and the mark of when programs began.
    put_webhooks_in(guest, 2040);
    CHECK_FALSE(are_webhooks_valid(guest));
    guest.run(
        "set -e; cd " + node +
        "; for file in *.crt; do [ $file = ca.crt ] || { openssl x509 -in "
        "$file -CA ca.crt -CAkey ca.key -copy_extensions copyall" +
        year_of(2040) + "-out new 2>&1 && mv new $file; }; done; openssl x509 -in " + web +
        "crt -key " + web + "key" + year_of(2040) + "-out " + web + "new 2>&1 && mv " + web +
        "new " + web + "crt; echo 2208988800 >/run/millrace/clock-offset");
    guest.run(
        "systemctl --no-block restart millrace-kube-apiserver.service millrace-kubernetes.service "
        "millrace-console.service");
    wait_until("nobody believes the API server", 60s, [&] {
        return guest.succeeds("kubectl get --raw=/readyz 2>&1 | grep 'not yet valid'");
    });

    // What the timer does when the clock is set.
    CHECK(
        guest.run("systemctl show --property=OnClockChange --value millrace-node-renew.timer") ==
        "yes\n");
    SteadyTime const begin = steady_now();
    guest.run("systemctl --no-block start millrace-node-renew.service");
    wait_until("the API server answers", 120s, [&] {
        return guest.succeeds("kubectl get --raw=/readyz");
    });
    wait_until("the webhooks' are valid", 120s, [&] { return are_webhooks_valid(guest); });
    check_cluster(guest);
    expect_event(page, "after the clock was set");
    std::cout << "clock set to an event in the function: "
              << std::chrono::duration<double>(steady_now() - begin).count() << " s\n";
    CHECK(guest.lan_succeeds(
        "openssl s_client -connect 192.168.10.20:443 </dev/null 2>/dev/null >" +
        guest.path_in_lan("page.crt") + " && openssl verify -partial_chain -trusted " +
        guest.path_in_lan("page.crt") + " " + guest.path_in_lan("page.crt")));
}
