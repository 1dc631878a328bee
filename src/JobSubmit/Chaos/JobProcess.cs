using System.Diagnostics;
using System.Globalization;
using QueryStream.Coordinator.Checkpoints;
using QueryStream.JobSubmit.Commands;
using QueryStream.JobSubmit.Running;
using QueryStream.Local;

namespace QueryStream.JobSubmit.Chaos;

/// <summary>A process of this program that runs the job, from its latest checkpoint if there is one.</summary>
internal sealed class JobProcess : IAsyncDisposable
{
    /// <summary>The job.</summary>
    public const string Job = "event-counts";

    private const string Interval = "execution.checkpointing.interval";
    private const string IntervalByDefault = "200ms";

    // 128 and SIGKILL.
    private const int KilledExitCode = 137;

    private readonly Process _process;
    private readonly TaskCompletionSource<long> _submitted = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private JobProcess(Process process, long startedAt) => (_process, StartedAt, Exited) = (process, startedAt, process.WaitForExitAsync());

    /// <summary>The timestamp of the start.</summary>
    public long StartedAt { get; }

    /// <summary>Completes when the process has ended and all of its output is in the log.</summary>
    public Task Exited { get; }

    /// <summary>Completes when the job is submitted, with the timestamp.</summary>
    public Task<long> Submitted => _submitted.Task;

    /// <summary>The exit code of the ended process.</summary>
    public int ExitCode => _process.ExitCode;

    /// <summary>Starts a process.</summary>
    /// <param name="request">The run.</param>
    /// <param name="isBounded">Whether the job ends when it has read everything.</param>
    /// <param name="log">Where the process prints.</param>
    /// <param name="time">The clock.</param>
    public static JobProcess Start(ChaosRequest request, bool isBounded, JobLog log, TimeProvider time)
    {
        ProcessStartInfo info = OwnProcess.Info(Arguments(request, isBounded));

        // Logs every checkpoint, and stack traces.
        info.Environment[LocalHost.LogVariable] = "debug";
        Process process = new() { StartInfo = info };
        long startedAt = time.GetTimestamp();
        process.Start();
        JobProcess started = new(process, startedAt);
        process.OutputDataReceived += (_, line) => started.Print(line.Data, log, time);
        process.ErrorDataReceived += (_, line) => started.Print(line.Data, log, time);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return started;
    }

    /// <summary>The command line of a process.</summary>
    public static IReadOnlyList<string> Arguments(ChaosRequest request, bool isBounded)
    {
        Dictionary<string, string> engine = new(request.Engine);
        if (request.Storage is null)
        {
            engine.Add(CheckpointSettings.DirectoryName, $"file://{Path.Combine(request.Folder, "checkpoints")}");
        }

        engine.TryAdd(Interval, IntervalByDefault);
        List<string> arguments = [RunCommand.Name, Job, "--local", "--kafka", request.Kafka, "--redis", request.Redis.ToString()];
        arguments.AddRange(["--from-savepoint", "latest"]);
        if (isBounded)
        {
            arguments.Add("--bounded");
        }

        if (request.Parallelism is int parallelism)
        {
            arguments.AddRange(["--parallelism", parallelism.ToString(CultureInfo.InvariantCulture)]);
        }

        arguments.AddRange(engine.SelectMany(setting => new[] { "-D", $"{setting.Key}={setting.Value}" }));
        arguments.Add("--");
        arguments.AddRange(request.JobSettings.Select(setting => $"--{setting.Key}={setting.Value}"));
        return arguments;
    }

    /// <summary>Kills it with SIGKILL, and waits for its end.</summary>
    /// <returns>False if the process had ended before.</returns>
    public async Task<bool> KillAsync()
    {
        _process.Kill();
        await Exited;
        return ExitCode == KilledExitCode;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (!Exited.IsCompleted)
        {
            _process.Kill();
            await Exited;
        }

        _process.Dispose();
    }

    private void Print(string? line, JobLog log, TimeProvider time)
    {
        if (line is not null && log.Add(line))
        {
            _submitted.TrySetResult(time.GetTimestamp());
        }
    }
}
