using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using QueryStream.TestKit;

namespace QueryStream.CommandLine.Tests;

/// <summary>Runs the command line as a process, with only the given environment variables.</summary>
internal sealed class CommandProcess : IAsyncDisposable
{
    private const int Interrupt = 2;
    private const int Terminate = 15;
    private const int Pause = 19;
    private const int Continue = 18;
    private const int ShownOutput = 4000;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(120);
    private static readonly string[] Variables =
    [
        "KAFKA_BOOTSTRAP_SERVERS", "REDIS_ADDRESS", "QUERYSTREAM_LOG", "QUERYSTREAM_COORDINATOR", "QUERYSTREAM_COMMAND", "QUERYSTREAM_TOKEN",
        "QUERYSTREAM_TLS",
    ];

    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly StringBuilder _errors = new();

    private CommandProcess(Process process)
    {
        _process = process;
        process.OutputDataReceived += (_, line) => Append(_output, line.Data);
        process.ErrorDataReceived += (_, line) => Append(_errors, line.Data);
    }

    /// <summary>The id of the process.</summary>
    public int Id => _process.Id;

    /// <summary>The standard output so far.</summary>
    public string Output => Read(_output);

    /// <summary>The standard error so far.</summary>
    public string Errors => Read(_errors);

    /// <summary>Starts a command.</summary>
    /// <param name="arguments">Separated by spaces.</param>
    /// <param name="environment">Additional environment variables.</param>
    public static CommandProcess Start(string arguments, params (string Name, string Value)[] environment) =>
        StartProgram("querystream", arguments, environment);

    /// <summary>Starts a program that lies beside the tests.</summary>
    /// <param name="program">Its name.</param>
    /// <param name="arguments">Separated by spaces.</param>
    /// <param name="environment">Additional environment variables.</param>
    public static CommandProcess StartProgram(string program, string arguments, params (string Name, string Value)[] environment) =>
        StartBy([], program, arguments, environment);

    /// <summary>Starts a program that lies beside the tests by a command that becomes it.</summary>
    /// <param name="starter">The command with its arguments, which executes what follows them; empty: none.</param>
    /// <param name="program">The name of the program.</param>
    /// <param name="arguments">Separated by spaces.</param>
    /// <param name="environment">Additional environment variables.</param>
    public static CommandProcess StartBy(
        string[] starter, string program, string arguments, params (string Name, string Value)[] environment)
    {
        // Started through env, which resets signals: processes started in the background ignore SIGINT, and their children inherit that.
        ProcessStartInfo start = new("env")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
        };
        start.ArgumentList.Add("--default-signal=INT");

        // Its default ends a process that writes beyond its limit, which tests lower in place of a full disk.
        start.ArgumentList.Add("--ignore-signal=XFSZ");
        Array.ForEach(starter, start.ArgumentList.Add);
        start.ArgumentList.Add(Environment.ProcessPath is { } host && Path.GetFileName(host) == "dotnet" ? host : "dotnet");
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, $"{program}.dll"));
        Array.ForEach(arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries), start.ArgumentList.Add);
        Array.ForEach(Variables, name => start.Environment.Remove(name));
        Array.ForEach(environment, variable => start.Environment[variable.Name] = variable.Value);
        CommandProcess command = new(Process.Start(start)!);
        command._process.BeginOutputReadLine();
        command._process.BeginErrorReadLine();
        return command;
    }

    /// <summary>Runs a command to its end.</summary>
    public static async Task<CommandEnd> RunAsync(string arguments, params (string Name, string Value)[] environment)
    {
        await using CommandProcess command = Start(arguments, environment);
        return await command.EndAsync();
    }

    /// <summary>Waits until the process has ended.</summary>
    public async Task<CommandEnd> EndAsync()
    {
        await Wait.ForAsync("the command to end", _process.WaitForExitAsync(), Limit);
        return new CommandEnd(_process.ExitCode, Output, Errors);
    }

    /// <summary>Waits until the process has written a text to stdout or stderr.</summary>
    public Task WroteAsync(string part) =>
        Wait.UntilAsync($"'{part}'", () => (Output + Errors).Contains(part, StringComparison.Ordinal), Limit, () => Last(Output) + Last(Errors));

    /// <summary>Sends SIGINT, as Ctrl-C does.</summary>
    public void SendInterrupt() => _ = SendSignal(_process.Id, Interrupt);

    /// <summary>Sends SIGTERM, as service managers do.</summary>
    public void SendTerminate() => _ = SendSignal(_process.Id, Terminate);

    /// <summary>Freezes the process (SIGSTOP), as an overloaded machine does.</summary>
    public void Freeze() => _ = SendSignal(_process.Id, Pause);

    /// <summary>Lets a frozen process go on.</summary>
    public void Thaw() => _ = SendSignal(_process.Id, Continue);

    /// <summary>Kills the process, as kill -9 does.</summary>
    public void Kill() => _process.Kill();

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        _process.Dispose();
        return ValueTask.CompletedTask;
    }

    private static void Append(StringBuilder text, string? line)
    {
        if (line is not null)
        {
            lock (text)
            {
                text.Append(CultureInfo.InvariantCulture, $"{line}\n");
            }
        }
    }

    // Whole outputs would hide all else in the report of a run.
    private static string Last(string text) => text.Length <= ShownOutput ? text : $"… {text[^ShownOutput..]}";

    private static string Read(StringBuilder text)
    {
        lock (text)
        {
            return text.ToString();
        }
    }

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SendSignal(int process, int signal);
}
