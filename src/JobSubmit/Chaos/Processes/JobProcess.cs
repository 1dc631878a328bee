using System.Globalization;
using QueryStream.JobSubmit.Commands;

namespace QueryStream.JobSubmit.Chaos.Processes;

/// <summary>A process of this program that runs the job, from its latest checkpoint if there is one.</summary>
internal sealed class JobProcess : IAsyncDisposable
{
    private readonly ChildProcess _process;
    private readonly TaskCompletionSource<long> _submitted = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Starts a process.</summary>
    /// <param name="request">The run.</param>
    /// <param name="isBounded">Whether the job ends when it has read everything.</param>
    /// <param name="log">Where the process prints.</param>
    /// <param name="time">The clock.</param>
    public JobProcess(ChaosRequest request, bool isBounded, ProcessLog log, TimeProvider time) =>
        _process = ChildProcess.Start(Arguments(request, isBounded), time, line =>
        {
            if (log.Add(line))
            {
                _submitted.TrySetResult(time.GetTimestamp());
            }
        });

    /// <summary>The timestamp of the start.</summary>
    public long StartedAt => _process.StartedAt;

    /// <summary>Completes when the process has ended and all of its output is in the log.</summary>
    public Task Exited => _process.Exited;

    /// <summary>Completes when the job is submitted, with the timestamp.</summary>
    public Task<long> Submitted => _submitted.Task;

    /// <summary>The exit code of the ended process.</summary>
    public int ExitCode => _process.ExitCode;

    /// <summary>The command line of a process.</summary>
    public static IReadOnlyList<string> Arguments(ChaosRequest request, bool isBounded)
    {
        List<string> arguments = [RunCommand.Name, ChaosRequest.Job, "--local", "--kafka", request.Kafka, "--redis", request.Redis.ToString()];
        arguments.AddRange(["--from-savepoint", "latest"]);
        if (isBounded)
        {
            arguments.Add("--bounded");
        }

        if (request.Parallelism is int parallelism)
        {
            arguments.AddRange(["--parallelism", parallelism.ToString(CultureInfo.InvariantCulture)]);
        }

        arguments.AddRange(request.JobEngine.SelectMany(setting => new[] { "-D", $"{setting.Key}={setting.Value}" }));
        arguments.Add("--");
        arguments.AddRange(request.JobSettings.Select(setting => $"--{setting.Key}={setting.Value}"));
        return arguments;
    }

    /// <summary>Kills it with SIGKILL, and waits for its end.</summary>
    /// <returns>False if the process had ended before.</returns>
    public Task<bool> KillAsync() => _process.KillAsync();

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _process.DisposeAsync();
}
