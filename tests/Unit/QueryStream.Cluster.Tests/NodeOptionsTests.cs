using QueryStream.Core.Errors;

namespace QueryStream.Cluster.Tests;

public sealed class NodeOptionsTests
{
    [Fact]
    public void Names_of_this_machine_are_one_address()
    {
        NodeOptions options = new() { Coordinator = "localhost:6123, 127.0.0.1:1, [::1]:2, coordinator:6123" };
        options.Validate();
        Assert.Equal(
            ["127.0.0.1:6123", "127.0.0.1:1", "127.0.0.1:2", "coordinator:6123"], options.Coordinators.Select(address => address.ToString()));
    }

    [Theory]
    [InlineData("host", "'host' is no address. Write HOST:PORT")]
    [InlineData("host:0", "'host:0' is no address")]
    [InlineData("a:1,b:99999", "'b:99999' is no address")]
    public void A_wrong_address_is_refused_with_an_example(string coordinator, string message) =>
        Assert.Contains(message, Refused(new NodeOptions { Coordinator = coordinator }), StringComparison.Ordinal);

    [Fact]
    public void What_other_machines_reach_needs_certificates_or_the_consent_of_the_user()
    {
        Assert.Contains("--insecure", Refused(new NodeOptions { Host = "worker-1", BindHost = "0.0.0.0" }), StringComparison.Ordinal);
        Assert.Contains("--insecure", Refused(new NodeOptions { Host = "worker-1" }), StringComparison.Ordinal);
        string problem = Refused(new NodeOptions { Host = "127.example.com" });
        Assert.Contains("--tls DIR", problem, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', problem);
        new NodeOptions { Host = "worker-1", BindHost = "0.0.0.0", Insecure = true }.Validate();
        new NodeOptions { Host = "worker-1", BindHost = "0.0.0.0", Tls = "/certificates" }.Validate();
        new NodeOptions { BindHost = "::1" }.Validate();
        Assert.Contains(
            "Set only one of the two", Refused(new NodeOptions { Tls = "/certificates", Insecure = true }), StringComparison.Ordinal);
        new NodeOptions { Host = "localhost" }.Validate();
    }

    [Theory]
    [InlineData("")]
    [InlineData("-a")]
    [InlineData("a b")]
    public void A_name_that_Akka_does_not_accept_is_refused(string name) =>
        Assert.Contains("Allowed: ASCII letters", Refused(new NodeOptions { Name = name }), StringComparison.Ordinal);

    [Fact]
    public void Settings_of_Akka_that_cannot_be_read_or_have_no_effect_are_refused()
    {
        Assert.Contains("it is not HOCON", Refused(new NodeOptions { Akka = "akka.loglevel = ${missing}" }), StringComparison.Ordinal);
        Assert.Contains(
            "akka.remote.dot-netty has no effect",
            Refused(new NodeOptions { Akka = "akka.remote.dot-netty.tcp.port = 1" }),
            StringComparison.Ordinal);
        new NodeOptions { Akka = "akka.loglevel = DEBUG" }.Validate();
    }

    private static string Refused(NodeOptions options) => Assert.Throws<SettingException>(options.Validate).Message;
}
