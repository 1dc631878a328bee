using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;
using QueryStream.Coordinator;
using QueryStream.Core.Errors;
using QueryStream.Streams;
using QueryStream.Streams.Settings;

namespace QueryStream.Local;

/// <summary>
/// Runs a job from the <c>Main</c> of its own project, so that <c>dotnet run</c> and a debugger do:
/// <code>return await LocalJob.RunAsync(new MyJob(), args);</code>
/// </summary>
public static class LocalJob
{
    private const string ParallelismName = "parallelism";
    private const int Success = 0;
    private const int Failure = 1;

    /// <summary>Runs a job to its end, or until Ctrl-C or SIGTERM, in a cluster in this process. Log and errors go to stderr.</summary>
    /// <param name="job">The job.</param>
    /// <param name="arguments">
    /// <c>--name=value</c> for each setting of the job, and <c>--parallelism=N</c> (1 if it is not given); or <c>--help</c>, which lists them.
    /// </param>
    /// <returns>What <c>Main</c> returns: 0 where the job has ended or was stopped; 1 where it failed, after one line that says why.</returns>
    public static async Task<int> RunAsync(IStreamJob job, params string[] arguments)
    {
        ArgumentNullException.ThrowIfNull(job);
        ArgumentNullException.ThrowIfNull(arguments);
        using CancellationTokenSource stop = new();
        using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, StopBy(stop));
        using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, StopBy(stop));
        return await RunAsync(job, arguments, Console.Error, stop.Token).ConfigureAwait(false);
    }

    /// <summary>Runs a job to its end, or until it is told to stop.</summary>
    /// <param name="job">The job.</param>
    /// <param name="arguments"><c>--name=value</c> for each setting of the job, and <c>--parallelism=N</c>.</param>
    /// <param name="log">Takes the log, what the job has done, and errors.</param>
    /// <param name="stop">Cancels the job, which is no error.</param>
    /// <returns>0 where the job has ended or was stopped, else 1.</returns>
    public static async Task<int> RunAsync(IStreamJob job, IReadOnlyList<string> arguments, TextWriter log, CancellationToken stop)
    {
        ArgumentNullException.ThrowIfNull(job);
        ArgumentNullException.ThrowIfNull(arguments);
        ArgumentNullException.ThrowIfNull(log);
        if (arguments.Any(argument => argument is "--help" or "-h" or "-?"))
        {
            await log.WriteAsync(SettingsHelp.Of(job)).ConfigureAwait(false);
            return Success;
        }

        try
        {
            Dictionary<string, string> settings = Parse(arguments);
            int parallelism = TakeParallelism(settings);
            JobResult result = await RunAsync(job, new JobSettings(settings), parallelism, log, stop).ConfigureAwait(false);
            if (result.Failure is { } failure)
            {
                throw failure;
            }

            await log.WriteLineAsync(Describe(job.Name, result)).ConfigureAwait(false);
            return Success;
        }
        catch (QueryStreamException e)
        {
            await log.WriteLineAsync($"ERROR: {UserErrors.Message(e).ReplaceLineEndings(" ")}").ConfigureAwait(false);
            return Failure;
        }
    }

    private static Action<PosixSignalContext> StopBy(CancellationTokenSource stop) => signal =>
    {
        // The second one ends the process as if nobody listened.
        signal.Cancel = !stop.IsCancellationRequested;
        stop.Cancel();
    };

    private static async Task<JobResult> RunAsync(IStreamJob job, JobSettings settings, int parallelism, TextWriter log, CancellationToken stop)
    {
        using LineLoggers loggers = new(log, LogLevel.Information, TimeProvider.System);
        LocalCluster cluster = LocalCluster.Start(new LocalClusterOptions
        {
            Workers = 1,
            SlotsPerWorker = Math.Clamp(parallelism, 1, LocalClusterOptions.MaxSlotsPerWorker),
            Loggers = loggers,
            Services = new ConnectorClients(TimeProvider.System, loggers),
        });
        await using (cluster.ConfigureAwait(false))
        {
            JobHandle handle = await cluster.SubmitAsync(job, settings, parallelism, CancellationToken.None).ConfigureAwait(false);
            CancellationTokenRegistration stopping = stop.Register(() => _ = handle.CancelAsync());
            await using (stopping.ConfigureAwait(false))
            {
                return await handle.Completion.ConfigureAwait(false);
            }
        }
    }

    private static Dictionary<string, string> Parse(IReadOnlyList<string> arguments)
    {
        Dictionary<string, string> settings = new(StringComparer.Ordinal);
        foreach (string argument in arguments.Where(argument => argument != "--"))
        {
            int equals = argument.IndexOf('=', StringComparison.Ordinal);
            if (!argument.StartsWith("--", StringComparison.Ordinal) || equals < 3)
            {
                throw new SettingException(argument, "is not written as a setting: --name=value, for example --parallelism=2; --help lists them.");
            }

            string name = argument[2..equals];
            if (!settings.TryAdd(name, argument[(equals + 1)..]))
            {
                throw new SettingException(name, "is given twice.");
            }
        }

        return settings;
    }

    private static int TakeParallelism(Dictionary<string, string> settings)
    {
        if (!settings.Remove(ParallelismName, out string? text))
        {
            return 1;
        }

        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int parallelism) && parallelism is >= 1 and <= LocalClusterOptions.MaxSlotsPerWorker
            ? parallelism
            : throw new SettingException(ParallelismName, $"'{text}' is not possible; allowed is a whole number, 1 to {LocalClusterOptions.MaxSlotsPerWorker}.");
    }

    private static string Describe(string name, JobResult result) => string.Create(
        CultureInfo.InvariantCulture,
        $"{name}: {result.Status.ToString().ToUpperInvariant()} after {result.Metrics.RunningFor.TotalSeconds:0.0} s: {result.Metrics.RecordsRead:N0} records read, {result.Metrics.Acknowledged:N0} rows written, {result.Metrics.LateDropped:N0} late, {result.Metrics.DeadLetters.Values.Sum():N0} dead letters{string.Concat(result.Metrics.DeadLetterExamples.Select(example => $"{Environment.NewLine}  for example {example.Key}: {example.Value}"))}");
}
