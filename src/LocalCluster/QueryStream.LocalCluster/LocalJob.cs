using Microsoft.Extensions.Hosting;
using QueryStream.Connectors.Kafka;
using QueryStream.Connectors.Redis;
using QueryStream.Core.Errors;
using QueryStream.Streams;
using QueryStream.Streams.Settings;

namespace QueryStream.Local;

/// <summary>
/// Runs a job from the <c>Main</c> of its own project, for <c>dotnet run</c> and debuggers:
/// <code>return await LocalJob.RunAsync(new MyJob(), args);</code>
/// </summary>
public static class LocalJob
{
    private const string ParallelismName = "parallelism";
    private const int Success = 0;
    private const int Failure = 1;

    /// <summary>
    /// Runs a job in a cluster in this process, to its end or until Ctrl-C or SIGTERM. Log, report and errors go to stderr. The whole process gets
    /// the invariant culture, as with the command line, so that the job's functions give the same results on every machine.
    /// </summary>
    /// <param name="job">The job.</param>
    /// <param name="arguments">
    /// <c>--name=value</c> for each setting of the job, <c>--parallelism=N</c> (default: one subtask per core, at most 16), and
    /// the options of <see cref="LocalRunArguments"/>; or <c>--help</c>, which lists them.
    /// </param>
    /// <returns>The exit code: 0 if the job has ended or was stopped; 1 if it failed; the last line says why.</returns>
    public static Task<int> RunAsync(IStreamJob job, params string[] arguments) => RunAsync(job, LocalRunOptions.Default, arguments);

    /// <summary>Runs a job as the other overload does, with options that arguments may override.</summary>
    /// <param name="job">The job.</param>
    /// <param name="options">What it starts from, how it is executed, and how it stops.</param>
    /// <param name="arguments">The arguments of the program.</param>
    /// <returns>The exit code: 0 if the job has ended or was stopped; 1 if it failed; the last line says why.</returns>
    public static async Task<int> RunAsync(IStreamJob job, LocalRunOptions options, params string[] arguments)
    {
        ArgumentNullException.ThrowIfNull(job);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(arguments);
        LocalHost.UseInvariantTexts();
        using StopSignals signals = new();
        return await RunAsync(job, options, arguments, new RunControl(Console.Error, signals.Token, signals.Next)).ConfigureAwait(false);
    }

    /// <summary>Runs a job to its end, or until it is told to stop.</summary>
    /// <param name="job">The job.</param>
    /// <param name="arguments"><c>--name=value</c> for each setting of the job, and <c>--parallelism=N</c>.</param>
    /// <param name="report">Takes the report, errors and help. The log goes to stderr.</param>
    /// <param name="stop">Cancels the job, which is no error.</param>
    /// <returns>0 if the job has ended or was stopped, else 1.</returns>
    public static Task<int> RunAsync(IStreamJob job, IReadOnlyList<string> arguments, TextWriter report, CancellationToken stop)
    {
        ArgumentNullException.ThrowIfNull(job);
        ArgumentNullException.ThrowIfNull(arguments);
        ArgumentNullException.ThrowIfNull(report);
        return RunAsync(job, LocalRunOptions.Default, arguments, new RunControl(report, stop, static () => CancellationToken.None));
    }

    private static async Task<int> RunAsync(IStreamJob job, LocalRunOptions options, IReadOnlyList<string> arguments, RunControl control)
    {
        if (arguments.Any(argument => argument is "--help" or "-h" or "-?"))
        {
            await control.Report.WriteAsync(SettingsHelp.Of(job)).ConfigureAwait(false);
            return Success;
        }

        try
        {
            (LocalRunOptions run, IReadOnlyList<string> others) = LocalRunArguments.Take(arguments, options);
            Dictionary<string, string> settings = JobSettings.Parse(others.Where(argument => argument != "--"));
            if (settings.Remove(ParallelismName, out string? parallelism)
                && (!SettingValue.TryParse(parallelism, out int subtasks) || subtasks is < 1 or > LocalClusterOptions.MaxParallelism))
            {
                throw new SettingException(
                    ParallelismName, $"'{parallelism}' is not allowed. Allowed: a whole number, 1 to {LocalClusterOptions.MaxParallelism}.");
            }

            await RunAsync(job, new JobSettings(settings), run, parallelism, control).ConfigureAwait(false);
            return Success;
        }
        catch (QueryStreamException e)
        {
            await control.Report.WriteLineAsync(ReportedErrors.LineOf(e)).ConfigureAwait(false);
            return Failure;
        }
        catch (OperationCanceledException) when (control.Stop.IsCancellationRequested)
        {
            return Success;
        }
    }

    private static async Task RunAsync(
        IStreamJob job, JobSettings settings, LocalRunOptions options, string? parallelism, RunControl control)
    {
        HostApplicationBuilder builder = LocalHost.CreateBuilder(
        [
            KeyValuePair.Create<string, string?>($"{LocalClusterOptions.Section}:{nameof(LocalClusterOptions.Parallelism)}", parallelism),
        ]);
        builder.Services.AddQueryStreamLocalCluster().AddQueryStreamKafka().AddQueryStreamRedis();
        using IHost host = builder.Build();
        LocalRun run = new(host)
        {
            Options = options,
            NextStop = control.NextStop,
            OnSavepoint = path => control.Report.WriteLine(RunReport.SavepointCompleted(path)),
            OnEnded = result => control.Report.WriteLine(new RunReport(job.Name, result, ProcessFigures.Now()).ToText()),
        };
        await run.RunAsync(job, settings, control.Stop).ConfigureAwait(false);
    }

    // The output of a run, and the tokens that stop it.
    private sealed record RunControl(TextWriter Report, CancellationToken Stop, Func<CancellationToken> NextStop);
}
