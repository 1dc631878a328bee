using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace QueryStream.Testing.Kafka;

/// <summary>
/// A real broker, started on free ports with a temporary data folder. Tests can kill, freeze and restart it. If no program is available to start, it
/// is the broker at KAFKA_BOOTSTRAP_SERVERS, which tests must not stop.
/// </summary>
public sealed class KafkaServer : IAsyncDisposable
{
    private const string AddressVariable = "KAFKA_BOOTSTRAP_SERVERS";
    private const string SharedVariable = "QUERYSTREAM_SHARED";
    private const int StartAttempts = 3;

    // 16 bytes in Base64, as Kafka requires.
    private const string ClusterId = "dGVzdC1icm9rZXItMDAwMQ";
    private const int SignalStop = 19;
    private const int SignalContinue = 18;

    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(90);

    private readonly int _port;
    private readonly DirectoryInfo? _folder;

    private KafkaServer(string address, int port, DirectoryInfo? folder)
    {
        Address = address;
        _port = port;
        _folder = folder;
    }

    /// <summary>The bootstrap server, HOST:PORT.</summary>
    public string Address { get; }

    /// <summary>Why tests that need a broker are skipped; null if they are not.</summary>
    /// <param name="ownServer">Whether the broker at KAFKA_BOOTSTRAP_SERVERS cannot be used.</param>
    public static string? MissingReason(bool ownServer)
    {
        string? program = FindProgram();
        bool canStart = program is not null && Programs.FindOnPath(Java()) is not null;
        if (canStart || (!ownServer && ExternalAddress() is not null))
        {
            return null;
        }

        string needed = program is null ? $"a broker to start (kafka/kafka in the folder ../shared or in {SharedVariable})" : "a JRE 17 on the PATH";
        return ownServer ? $"This test needs {needed}" : $"This test needs {needed}, or {AddressVariable}";
    }

    /// <summary>Starts a broker, and waits until it responds.</summary>
    /// <param name="security">TLS and authentication; null: none. Requires an own broker.</param>
    public static async Task<KafkaServer> StartAsync(KafkaSecurity? security = null)
    {
        if (security is null && FindProgram() is null && ExternalAddress() is { } external)
        {
            return new KafkaServer(external, 0, folder: null);
        }

        // Another process may take a port between its choice and the start.
        for (int attempt = 1; ; attempt++)
        {
            int port = FreePorts();
            KafkaServer server = new(
                string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port}"), port, Directory.CreateTempSubdirectory("querystream-kafka-"));
            try
            {
                await server.FormatAsync(security);
                await server.LaunchAsync();
                return server;
            }
            catch (InvalidOperationException) when (attempt < StartAttempts)
            {
                await server.DisposeAsync();
            }
        }
    }

    /// <summary>An address on which nothing listens.</summary>
    public static string UnusedAddress() => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{FreePorts()}");

    /// <summary>Freezes the process (SIGSTOP): connections stay open, but nothing responds.</summary>
    public void Freeze() => Signal(SignalStop);

    /// <summary>Resumes the process (SIGCONT).</summary>
    public void Resume() => Signal(SignalContinue);

    /// <summary>Kills the process (SIGKILL).</summary>
    public Task KillAsync() => RunAsync("kill", Own().FullName);

    /// <summary>Restarts the killed broker with the same port and data.</summary>
    public Task RestartAsync() => LaunchAsync();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_folder is null)
        {
            return;
        }

        if (ProcessId() is { } id)
        {
            SendSignal(id, SignalContinue);
            await KillAsync();
        }

        _folder.Delete(recursive: true);
    }

    private static string? ExternalAddress() => Environment.GetEnvironmentVariable(AddressVariable) is { Length: > 0 } address ? address : null;

    private static string Java() =>
        Environment.GetEnvironmentVariable("JAVA_HOME") is { Length: > 0 } home ? Path.Combine(home, "bin", "java") : "java";

    // In the folder next to the repository.
    private static string? FindProgram()
    {
        string? shared = Environment.GetEnvironmentVariable(SharedVariable);
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); string.IsNullOrEmpty(shared) && folder is not null; folder = folder.Parent)
        {
            shared = File.Exists(Path.Combine(folder.FullName, "QueryStream.sln")) ? Path.Combine(folder.FullName, "..", "shared") : null;
        }

        string program = Path.GetFullPath(Path.Combine(shared ?? "", "kafka", "kafka"));
        return !string.IsNullOrEmpty(shared) && File.Exists(program) ? program : null;
    }

    // The broker needs two consecutive ports, the second one for its controller.
    private static int FreePorts()
    {
        while (true)
        {
            using TcpListener first = new(IPAddress.Loopback, 0);
            first.Start();
            int port = ((IPEndPoint)first.LocalEndpoint).Port;
            using TcpListener second = new(IPAddress.Loopback, port + 1);
            try
            {
                second.Start();
                return port;
            }
            catch (SocketException)
            {
                // The port is taken: try another pair.
            }
        }
    }

    private static Task RunAsync(params string[] arguments) => RunAsync("bash", $"kafka {arguments[0]}", [FindProgram()!, .. arguments]);

    private static async Task RunAsync(string program, string what, string[] arguments)
    {
        ProcessStartInfo start = new(program) { RedirectStandardOutput = true, RedirectStandardError = true };
        Array.ForEach(arguments, start.ArgumentList.Add);
        start.Environment["KAFKA_HEAP"] = "-Xms128m -Xmx512m";
        using Process process = Process.Start(start)!;
        using CancellationTokenSource limit = new(StartLimit);
        try
        {
            Task<string> output = process.StandardOutput.ReadToEndAsync(limit.Token);
            string errors = await process.StandardError.ReadToEndAsync(limit.Token);
            await process.WaitForExitAsync(limit.Token);
            if (process.ExitCode != 0)
            {
                throw new InvalidOperationException($"{what} ended with code {process.ExitCode}: {await output}{errors}");
            }
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{what} took longer than {StartLimit.TotalSeconds} s.");
        }
    }

    // The program writes settings and formats the storage itself only if there are no settings yet.
    private async Task FormatAsync(KafkaSecurity? security)
    {
        string folder = Own().FullName;
        string settings = Path.Combine(folder, "server.properties");
        await File.WriteAllTextAsync(settings, SettingsFor(security is null ? "PLAINTEXT" : "SASL_SSL") + security?.Write(folder) + '\n');
        string libraries = Path.Combine(Path.GetDirectoryName(FindProgram())!, "lib", "*");
        string[] arguments = ["-cp", libraries, "kafka.tools.StorageTool", "format", "-t", ClusterId, "-c", settings];
        await RunAsync(Java(), "kafka.tools.StorageTool", [.. arguments, .. security?.FormatArguments() ?? []]);
    }

    // Records are kept whatever their age: the broker would delete those of tests that replay old ones at its next check, at some moment of the test.
    private string SettingsFor(string protocol) => $"""
        process.roles=broker,controller
        node.id=1
        controller.quorum.voters=1@127.0.0.1:{_port + 1}
        controller.listener.names=CONTROLLER
        listeners={protocol}://127.0.0.1:{_port},CONTROLLER://127.0.0.1:{_port + 1}
        advertised.listeners={protocol}://127.0.0.1:{_port}
        listener.security.protocol.map={protocol}:{protocol},CONTROLLER:PLAINTEXT
        inter.broker.listener.name={protocol}
        log.dirs={Path.Combine(Own().FullName, "log")}
        log.retention.ms=-1
        num.partitions=4
        offsets.topic.num.partitions=4
        offsets.topic.replication.factor=1
        transaction.state.log.num.partitions=4
        transaction.state.log.replication.factor=1
        transaction.state.log.min.isr=1
        transaction.max.timeout.ms=900000
        group.initial.rebalance.delay.ms=0

        """;

    private Task LaunchAsync() => RunAsync("start", Own().FullName, _port.ToString(CultureInfo.InvariantCulture));

    private DirectoryInfo Own() =>
        _folder ?? throw new InvalidOperationException($"The broker at {AddressVariable} belongs to someone else; use [KafkaFact(ownServer: true)].");

    private int? ProcessId()
    {
        string file = Path.Combine(Own().FullName, "pid");
        return File.Exists(file) ? int.Parse(File.ReadAllText(file), CultureInfo.InvariantCulture) : null;
    }

    private void Signal(int signal)
    {
        int id = ProcessId() ?? throw new InvalidOperationException("The broker does not run.");
        if (SendSignal(id, signal) != 0)
        {
            throw new InvalidOperationException($"Signal {signal} could not be sent to process {id}.");
        }
    }

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SendSignal(int process, int signal);
}
