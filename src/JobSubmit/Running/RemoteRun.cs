using Microsoft.Extensions.Hosting;
using QueryStream.Blobs.Bundles;
using QueryStream.Connectors.Kafka;
using QueryStream.Connectors.Redis;
using QueryStream.Core.Errors;
using QueryStream.JobSubmit.Arguments;
using QueryStream.JobSubmit.Client;
using QueryStream.JobSubmit.Commands;
using QueryStream.Rest;
using QueryStream.Rest.Model;
using QueryStream.Streams;
using QueryStream.Streams.Settings;

namespace QueryStream.JobSubmit.Running;

/// <summary>Runs a job on a cluster: sends its files, submits it, and watches it to its end unless it is detached.</summary>
/// <param name="context">Where to write.</param>
/// <param name="request">The job.</param>
/// <param name="options">How to run it.</param>
/// <param name="client">The cluster.</param>
internal sealed class RemoteRun(CommandContext context, RunRequest request, RemoteRunOptions options, ClusterClient client)
{
    private const string ParallelismKey = "parallelism.default";

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    // With --json, stdout is for the object alone.
    private TextWriter Lines => request.Json ? context.Terminal.Error : context.Terminal.Out;

    /// <summary>Runs the job.</summary>
    /// <returns>The exit code.</returns>
    /// <exception cref="QueryStreamException">The job or an option is wrong, or the job failed.</exception>
    public async Task<int> RunAsync(CancellationToken stop)
    {
        RequireRemote();
        (IStreamJob job, JobSettings settings) = Apply();
        LocalBundle bundle = await LocalBundle.CollectAsync(request.Assembly?.Path ?? job.GetType().Assembly.Location, stop);
        SubmitRequest submission = new()
        {
            Bundle = bundle.Bundle.Hash.ToString(),
            EntryClass = ClassOf(job),
            Name = options.Name ?? (options.IfAbsent ? job.Name : null),
            Settings = settings.Values.ToDictionary(setting => setting.Key, setting => setting.Value),
            Parallelism = request.Parallelism,
            FlinkConfiguration = request.Options.Engine,
            SavepointPath = SavepointPath(request.Options.FromSavepoint),
            AllowNonRestoredState = request.Options.AllowNonRestoredState,
            IfAbsent = options.IfAbsent,
        };
        SubmitResponse answer;
        try
        {
            answer = await SubmitAsync(bundle, submission, stop);
        }
        catch (QueryStreamException e)
        {
            await context.Terminal.Error.WriteLineAsync($"Failed to submit job: {e.Message.ReplaceLineEndings(" ")}");
            return 1;
        }

        await AnnounceAsync(answer, submission);
        return options.IsDetached || !answer.Created
            ? 0
            : await new RemoteWatch(context, client, options.OnInterrupt, request.Json).RunAsync(answer.JobId, stop);
    }

    // Jobs of assemblies may be internal classes; the catalogue's are named by their class too.
    private static string ClassOf(IStreamJob job) => job.GetType().FullName!;

    // The coordinator has another working directory.
    private static string? SavepointPath(string? path) =>
        path is null or "latest" || path.Contains(":/", StringComparison.Ordinal) ? path : Path.GetFullPath(path);

    private void RequireRemote()
    {
        string? given = request.Workers is not null ? "--workers" : request.Slots is not null ? "--slots" : null;
        if (given is not null)
        {
            throw new UsageException($"{given} is about a cluster in this process: add --local, or leave it out.");
        }

        if (request.Options.StopWithSavepoint is not null || request.Options.Drain)
        {
            throw new UsageException(
                "--stop-with-savepoint and --drain of 'run' are for --local. On a cluster: querystream stop JOB-ID [-p DIR] [--drain].");
        }

        // The coordinator knows one key more: it is about the submission, not about how the job runs.
        (request.Options with
        {
            Engine = request.Options.Engine.Where(setting => setting.Key != ParallelismKey)
                .ToDictionary(setting => setting.Key, setting => setting.Value),
        }).Validate();
    }

    // Addresses that the configuration of this machine names become settings of the job, as with --local.
    private (IStreamJob Job, JobSettings Settings) Apply()
    {
        HostApplicationBuilder builder = CommandContext.CreateBuilder();
        builder.Services.AddQueryStreamKafka().AddQueryStreamRedis();
        using IHost host = builder.Build();
        return request.Apply(host.Services);
    }

    // Also sends the files again, which is quick where they are there: another coordinator may lead meanwhile.
    private async Task<SubmitResponse> SubmitAsync(LocalBundle bundle, SubmitRequest submission, CancellationToken stop)
    {
        long startedAt = context.Time.GetTimestamp();
        string reported = "";
        while (true)
        {
            try
            {
                await client.SendAsync(bundle, stop);
                return await client.SubmitAsync(submission, stop);
            }
            catch (QueryStreamException e) when (e.Code is ErrorCode.ServiceUnavailable or ErrorCode.NotEnoughSlots
                && context.Time.GetElapsedTime(startedAt) < options.Wait)
            {
                if (e.Message != reported)
                {
                    reported = e.Message;
                    await context.Terminal.Error.WriteLineAsync($"Waiting: {reported.ReplaceLineEndings(" ")}");
                }

                await Task.Delay(Pause, context.Time, stop);
            }
        }
    }

    private async Task AnnounceAsync(SubmitResponse answer, SubmitRequest submission)
    {
        if (!answer.Created)
        {
            await Lines.WriteLineAsync($"Job '{submission.Name}' runs already with JobID {answer.JobId}");
        }
        else
        {
            if (!context.IsFlink)
            {
                await Lines.WriteLineAsync("Job submitted successfully");
            }

            await Lines.WriteLineAsync($"Job has been submitted with JobID {answer.JobId}");
        }

        if (request.Json && (options.IsDetached || !answer.Created))
        {
            await context.Terminal.Out.WriteLineAsync(RestJson.ToText(answer, RestJson.Default.SubmitResponse));
        }
    }
}
