using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using QueryStream.TestKit;

namespace QueryStream.Processes.Tests;

/// <summary>
/// Two hosts with networks of their own, and a cable between them: namespaces of the kernel, which have neither names nor files. They end with their
/// last process, even where the tests are killed.
/// </summary>
internal sealed class TwoHosts : IAsyncDisposable
{
    /// <summary>Where the first host is reached.</summary>
    public const string FirstAddress = "10.0.0.1";

    /// <summary>Where the second host is reached.</summary>
    public const string SecondAddress = "10.0.0.2";

    // What a shell reports of a command that it does not find.
    private const int NotFound = 127;

    // As root; and for users in a namespace in which they are root, where the kernel permits it.
    private static readonly string[][] Ways = [["--net"], ["--net", "--user", "--map-root-user"]];
    private static readonly Lazy<(string[] Way, string? MissingReason)> Chosen = new(Choose);

    private readonly List<CommandProcess> _processes = [];
    private readonly List<Process> _holders = [];

    private TwoHosts()
    {
    }

    /// <summary>Why tests with two hosts are skipped; null if they are not.</summary>
    public static string? MissingReason => Chosen.Value.MissingReason;

    private int First => _holders[0].Id;

    private int Second => _holders[1].Id;

    /// <summary>Makes the hosts and connects them.</summary>
    public static async Task<TwoHosts> StartAsync()
    {
        TwoHosts hosts = new();
        await hosts.HoldAsync(["unshare", .. Chosen.Value.Way]);
        await hosts.HoldAsync([.. Entering(hosts.First), "unshare", "--net"]);
        Execute(hosts.First, $"ip link add cable type veth peer name cable netns {hosts.Second.ToString(CultureInfo.InvariantCulture)}");
        Plug(hosts.First, FirstAddress);
        Plug(hosts.Second, SecondAddress);
        return hosts;
    }

    /// <summary>Starts a command on the first host.</summary>
    public CommandProcess StartOnFirst(string arguments, params (string Name, string Value)[] environment) => Start(First, arguments, environment);

    /// <summary>Starts a command on the second host.</summary>
    public CommandProcess StartOnSecond(string arguments, params (string Name, string Value)[] environment) => Start(Second, arguments, environment);

    /// <summary>Cuts the hosts off from each other. Only the host whose end is cut knows that there is no way to the other.</summary>
    /// <param name="atFirst">Whether at the first host; otherwise at the second.</param>
    public void Cut(bool atFirst) => Execute(atFirst ? First : Second, "ip link set cable down");

    /// <summary>Connects the hosts again.</summary>
    /// <param name="atFirst">Where they were cut.</param>
    public void Mend(bool atFirst) => Execute(atFirst ? First : Second, "ip link set cable up");

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (CommandProcess process in _processes)
        {
            await process.DisposeAsync();
        }

        foreach (Process holder in _holders)
        {
            holder.Kill();
            holder.Dispose();
        }
    }

    private static (string[] Way, string? MissingReason) Choose()
    {
        string refusals = "";
        foreach (string[] way in OperatingSystem.IsLinux() ? Ways : [])
        {
            (int code, string errors) = TryRun(["unshare", .. way, "ip", "link", "add", "cable", "type", "veth", "peer", "name", "other"]);
            if (code == 0)
            {
                return (way, null);
            }

            refusals = code == NotFound ? " apt-get install iproute2" : $"{refusals} unshare {string.Join(' ', way)}: {errors.Trim()}";
        }

        return ([], $"This test needs Linux, ip, and a kernel that permits networks of one's own.{refusals}");
    }

    private static (int Code, string Errors) TryRun(string[] command)
    {
        try
        {
            return Run(command);
        }
        catch (Win32Exception)
        {
            return (NotFound, "");
        }
    }

    // Waits for input that never comes, and ends with this process, whose end of the pipe the kernel closes then.
    private async Task HoldAsync(string[] starter)
    {
        ProcessStartInfo start = new(starter[0], [.. starter[1..], "cat"]) { RedirectStandardInput = true };
        Process holder = Process.Start(start)!;
        _holders.Add(holder);
        string id = holder.Id.ToString(CultureInfo.InvariantCulture);
        await Wait.UntilAsync("the host to be there", async () => await File.ReadAllTextAsync($"/proc/{id}/comm") == "cat\n");
    }

    private static void Plug(int host, string address)
    {
        Execute(host, $"ip address add {address}/24 dev cable");
        Execute(host, "ip link set lo up");
        Execute(host, "ip link set cable up");
    }

    private CommandProcess Start(int host, string arguments, (string Name, string Value)[] environment)
    {
        CommandProcess process = CommandProcess.StartBy(Entering(host), "querystream", arguments, environment);
        _processes.Add(process);
        return process;
    }

    private static string[] Entering(int host)
    {
        string target = host.ToString(CultureInfo.InvariantCulture);
        bool ofUser = Chosen.Value.Way.Contains("--user");
        return ["nsenter", "--target", target, "--net", .. ofUser ? ["--user", "--preserve-credentials"] : Array.Empty<string>()];
    }

    private static void Execute(int host, string command)
    {
        (int code, string errors) = Run([.. Entering(host), .. command.Split(' ')]);
        Assert.True(code == 0, $"{command}: {errors}");
    }

    private static (int Code, string Errors) Run(string[] command)
    {
        using Process process = Process.Start(new ProcessStartInfo(command[0], command[1..]) { RedirectStandardError = true })!;
        string errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, errors);
    }
}

/// <summary>A test with two hosts; skipped with the reason where the kernel refuses them.</summary>
internal sealed class TwoHostsTheoryAttribute : TheoryAttribute
{
    public TwoHostsTheoryAttribute() => Skip = TwoHosts.MissingReason;
}
