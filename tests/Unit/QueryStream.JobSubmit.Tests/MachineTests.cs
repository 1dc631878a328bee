using System.Diagnostics;
using QueryStream.Cluster.Management;
using QueryStream.JobSubmit.Arguments;
using QueryStream.JobSubmit.Commands;
using QueryStream.JobSubmit.Machine;

namespace QueryStream.JobSubmit.Tests;

/// <summary>Processes of this machine, and members of a cluster by their names.</summary>
public sealed class MachineTests
{
    private static readonly ClusterView View = new(
        "akka.tcp://qs@127.0.0.1:6123",
        null,
        null,
        new Dictionary<string, string>(),
        [
            new MemberView("akka.tcp://qs@127.0.0.1:6123", "1", "Up", ["coordinator"]),
            new MemberView("akka.tcp://qs@127.0.0.1:4711", "2", "Up", ["worker"]) { Worker = "máy-1" },
        ],
        [new UnreachableView("akka.tcp://qs@127.0.0.1:4711", [])]);

    [Fact]
    public void A_process_is_known_by_its_number_and_its_birth()
    {
        ProcessIdentity self = ProcessIdentity.Of(Environment.ProcessId)!;
        Assert.True(self.IsAlive);
        Assert.Equal(self, ProcessIdentity.Of(Environment.ProcessId));

        // A later process with that number.
        Assert.False((self with { Birth = "0" }).IsAlive);
    }

    [Fact]
    public void A_process_that_has_ended_is_not_alive()
    {
        using Process process = Process.Start("/bin/sleep", "60");
        ProcessIdentity identity = ProcessIdentity.Of(process.Id)!;
        identity.Send(Posix.Kill);
        process.WaitForExit();

        Assert.False(identity.IsAlive);
        Assert.Null(ProcessIdentity.Of(process.Id));
    }

    [Theory]
    [InlineData("máy-1", "akka.tcp://qs@127.0.0.1:4711")]
    [InlineData("akka.tcp://qs@127.0.0.1:6123", "akka.tcp://qs@127.0.0.1:6123")]
    [InlineData("qs@127.0.0.1:6123", "akka.tcp://qs@127.0.0.1:6123")]
    public void A_member_is_found_by_its_name_or_its_address(string node, string address) => Assert.Equal(address, MemberCommands.Find(View, node));

    [Fact]
    public void A_member_that_is_missing_is_told_with_those_that_there_are()
    {
        string message = Assert.Throws<UsageException>(() => MemberCommands.Find(View, "máy-2")).Message;
        Assert.Contains("There is no member 'máy-2'. akka.tcp://qs@127.0.0.1:6123 does not lead", message, StringComparison.Ordinal);
        Assert.EndsWith(
            "There are: akka.tcp://qs@127.0.0.1:6123, máy-1 (akka.tcp://qs@127.0.0.1:4711).", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Members_are_written_as_pbm_does()
    {
        StringWriter output = new() { NewLine = "\n" };
        MemberText.Write(output, View);

        Assert.Equal(
            "akka.tcp://qs@127.0.0.1:6123 | [coordinator] | up |\nakka.tcp://qs@127.0.0.1:4711 | [worker] | up | unreachable\nCount: 2 nodes\n",
            output.ToString());
    }
}
