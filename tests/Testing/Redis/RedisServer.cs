using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using QueryStream.TestKit;

namespace QueryStream.Testing.Redis;

/// <summary>
/// A Redis server for tests, on a port and in a folder of its own, without persistence unless asked for. Where redis-server is
/// not installed it is the server at REDIS_ADDRESS, which can be used but not frozen, killed or configured; tests then use
/// keys of their own.
/// </summary>
public sealed class RedisServer : IAsyncDisposable
{
    /// <summary>The environment variable that names a server to use where none is installed.</summary>
    public const string AddressVariable = "REDIS_ADDRESS";

    private const int SignalStop = 19;
    private const int SignalContinue = 18;
    private const int StartAttempts = 5;

    private readonly string[] _arguments;
    private readonly DirectoryInfo? _folder;
    private Process? _process;

    private RedisServer(string host, int port, string[] arguments, DirectoryInfo? folder)
    {
        Host = host;
        Port = port;
        _arguments = arguments;
        _folder = folder;
    }

    /// <summary>Where it listens.</summary>
    public string Host { get; }

    /// <summary>Where it listens.</summary>
    public int Port { get; }

    /// <summary>Where it listens, as HOST:PORT.</summary>
    public string Address => string.Create(CultureInfo.InvariantCulture, $"{Host}:{Port}");

    /// <summary>Why tests that need a server are skipped; null where they are not.</summary>
    /// <param name="ownServer">Whether one at REDIS_ADDRESS will not do.</param>
    public static string? MissingReason(bool ownServer)
    {
        if (FindProgram() is not null || (!ownServer && ExternalAddress() is not null))
        {
            return null;
        }

        return ownServer
            ? "This test needs redis-server on the PATH: apt-get install redis-server"
            : $"This test needs redis-server on the PATH (apt-get install redis-server) or {AddressVariable}";
    }

    /// <summary>Starts a server, and waits until it answers.</summary>
    /// <param name="arguments">Further options of redis-server: <c>--maxmemory 4mb</c>.</param>
    public static async Task<RedisServer> StartAsync(params string[] arguments)
    {
        if (FindProgram() is null && ExternalAddress() is { } address)
        {
            int colon = address.LastIndexOf(':');
            return new RedisServer(address[..colon], int.Parse(address[(colon + 1)..], CultureInfo.InvariantCulture), arguments, folder: null);
        }

        // Another process may take the port between its choice and the start.
        for (int attempt = 1; ; attempt++)
        {
            RedisServer server = new("127.0.0.1", FreePort(), arguments, Directory.CreateTempSubdirectory("querystream-redis-"));
            try
            {
                await server.LaunchAsync();
                return server;
            }
            catch (InvalidOperationException) when (attempt < StartAttempts)
            {
                await server.DisposeAsync();
            }
        }
    }

    /// <summary>A port that nothing listens on at the moment.</summary>
    public static int FreePort()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>Stops the process (SIGSTOP): connections stay, nothing is answered.</summary>
    public void Freeze() => Signal(SignalStop);

    /// <summary>Lets the process go on (SIGCONT).</summary>
    public void Resume() => Signal(SignalContinue);

    /// <summary>Ends the process at once (SIGKILL).</summary>
    public void Kill()
    {
        Process process = Own();
        process.Kill();
        process.WaitForExit();
    }

    /// <summary>Starts the killed server again, on the same port and in the same folder.</summary>
    public Task RestartAsync() => LaunchAsync();

    /// <summary>A connection for the test itself.</summary>
    public Task<RespConnection> ConnectAsync() => RespConnection.OpenAsync(Host, Port);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
            _process.Dispose();
        }

        _folder?.Delete(recursive: true);
    }

    private static string? FindProgram() =>
        (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
        .Select(folder => Path.Combine(folder, "redis-server"))
        .FirstOrDefault(File.Exists);

    private static string? ExternalAddress() => Environment.GetEnvironmentVariable(AddressVariable) is { Length: > 0 } address ? address : null;

    private async Task LaunchAsync()
    {
        ProcessStartInfo start = new(FindProgram()!) { RedirectStandardOutput = true, WorkingDirectory = _folder!.FullName };
        string[] fixedArguments =
            ["--port", Port.ToString(CultureInfo.InvariantCulture), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--logfile", "redis.log"];
        foreach (string argument in fixedArguments.Concat(_arguments))
        {
            start.ArgumentList.Add(argument);
        }

        _process?.Dispose();
        _process = Process.Start(start)!;
        await Wait.UntilAsync($"redis-server to answer at {Address}", AnswersAsync);
    }

    private async Task<bool> AnswersAsync()
    {
        if (_process!.HasExited)
        {
            throw new InvalidOperationException($"redis-server ended with code {_process.ExitCode}: {Output()}");
        }

        try
        {
            await using RespConnection connection = await ConnectAsync();
            await connection.CallAsync("PING");
            return true;
        }
        catch (RespException)
        {
            // It answers: with LOADING or NOAUTH.
            return true;
        }
        catch (Exception e) when (e is SocketException or IOException)
        {
            return false;
        }
    }

    private string Output()
    {
        string log = Path.Combine(_folder!.FullName, "redis.log");
        return File.Exists(log) ? File.ReadAllText(log) : "it left no log";
    }

    private Process Own() => _process ?? throw new InvalidOperationException("The server at REDIS_ADDRESS must not be stopped; use [RedisFact(ownServer: true)].");

    private void Signal(int signal)
    {
        if (SendSignal(Own().Id, signal) != 0)
        {
            throw new InvalidOperationException($"Signal {signal} could not be sent to process {Own().Id}.");
        }
    }

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SendSignal(int process, int signal);
}
