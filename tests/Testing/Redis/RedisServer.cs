using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using QueryStream.TestKit;

namespace QueryStream.Testing.Redis;

/// <summary>
/// A Redis server for tests, with its own port and folder, without persistence by default. If redis-server is not installed, it is the server at
/// REDIS_ADDRESS, which tests must not freeze, kill or configure, and on which they use their own keys.
/// </summary>
public sealed class RedisServer : IAsyncDisposable
{
    /// <summary>The environment variable with the address of a server to use if none is installed.</summary>
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

    /// <summary>The address, HOST:PORT.</summary>
    public string Address => string.Create(CultureInfo.InvariantCulture, $"{Host}:{Port}");

    /// <summary>Why tests that need a server are skipped; null if they are not.</summary>
    /// <param name="ownServer">Whether the server at REDIS_ADDRESS cannot be used.</param>
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

    /// <summary>Starts a server, and waits until it responds.</summary>
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

    /// <summary>A port on which nothing listens at the moment.</summary>
    public static int FreePort()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>The id of the process that this one has started.</summary>
    public int Id => Own().Id;

    /// <summary>Freezes the process (SIGSTOP): connections stay open, but nothing responds.</summary>
    public void Freeze() => Signal(SignalStop);

    /// <summary>Resumes the process (SIGCONT).</summary>
    public void Resume() => Signal(SignalContinue);

    /// <summary>Kills the process (SIGKILL).</summary>
    public void Kill()
    {
        Process process = Own();
        process.Kill();
        process.WaitForExit();
    }

    /// <summary>Restarts the killed server with the same port and folder.</summary>
    public Task RestartAsync() => LaunchAsync();

    /// <summary>Opens a connection for the test's own commands.</summary>
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

    private static string? FindProgram() => Programs.FindOnPath("redis-server");

    private static string? ExternalAddress() => Environment.GetEnvironmentVariable(AddressVariable) is { Length: > 0 } address ? address : null;

    private async Task LaunchAsync()
    {
        ProcessStartInfo start = new(FindProgram()!) { RedirectStandardOutput = true, WorkingDirectory = _folder!.FullName };
        string[] fixedArguments =
            [
                "--port", Port.ToString(CultureInfo.InvariantCulture), "--bind", "127.0.0.1",
                "--save", "", "--appendonly", "no", "--logfile", "redis.log",
            ];
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
            // It responds, with LOADING or NOAUTH.
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

    private Process Own() =>
        _process ?? throw new InvalidOperationException("The server at REDIS_ADDRESS must not be stopped; use [RedisFact(ownServer: true)].");

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
