using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Extensions.Logging;
using QueryStream.Checkpoints.Storage;
using QueryStream.Core.Errors;
using QueryStream.Core.Identity;
using QueryStream.Streams.Settings;

namespace QueryStream.Coordinator.Registry;

/// <summary>
/// Jobs as values <c>jobs/ID.json</c> of the store of the cluster. One that cannot be read is logged and left alone: the other jobs are resumed.
/// </summary>
/// <param name="store">The store.</param>
/// <param name="log">Where to log.</param>
public sealed class StoredJobs(IClusterStore store, ILogger<StoredJobs> log) : IJobRegistry
{
    private const string Folder = "jobs";
    private const string Extension = ".json";

    // The places that were logged: once each, though they are read again and again.
    private readonly ConcurrentDictionary<string, bool> _damaged = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public async Task<RegisteredJobs> ReadAsync(CancellationToken cancellationToken)
    {
        List<RegisteredJob> jobs = [];
        int damaged = 0;
        IReadOnlyList<string> names = await store.ListAsync(Folder, cancellationToken).ConfigureAwait(false);
        foreach (string name in names.Where(name => name.EndsWith(Extension, StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            try
            {
                // Null: the job has ended since the names were listed.
                if (await store.ReadAsync(Folder, name, cancellationToken).ConfigureAwait(false) is { } bytes)
                {
                    jobs.Add(JobFile.Parse(bytes));
                }
            }
            catch (Exception e) when (e is JsonException or SettingException or FormatException or OverflowException)
            {
                damaged++;
                string place = store.PlaceOf(Folder, name);
                if (_damaged.TryAdd(place, true))
                {
                    Log.JobFileDamaged(log, place, e.Message);
                }
            }
        }

        return new RegisteredJobs(jobs, damaged);
    }

    /// <inheritdoc/>
    public Task PutAsync(RegisteredJob job, CancellationToken cancellationToken) =>
        store.WriteAsync(Folder, NameOf(job.Id), JobFile.Format(job), cancellationToken);

    /// <inheritdoc/>
    public Task RemoveAsync(JobId job, CancellationToken cancellationToken) => store.DeleteAsync(Folder, NameOf(job), cancellationToken);

    private static string NameOf(JobId job) => $"{job}{Extension}";
}

/// <summary>The content of the file of a job: JSON, so that people can read it. Unknown members are ignored, missing ones are an error.</summary>
internal sealed record JobFile(
    string Id,
    string Content,
    string Type,
    string? Name,
    SortedDictionary<string, string> Settings,
    int Parallelism,
    SortedDictionary<string, string> Options,
    string? Restore,
    bool AllowNonRestoredState,
    DateTimeOffset SubmittedAt,
    int Recoveries)
{
    public static byte[] Format(RegisteredJob job)
    {
        JobSubmission submission = job.Submission;
        IEnumerable<SettingInfo> options =
            [.. SettingsBinder.Describe(submission.Options.Checkpoints), .. SettingsBinder.Describe(submission.Options.Restarts)];
        return JsonSerializer.SerializeToUtf8Bytes(
            new JobFile(
                job.Id.ToString(),
                submission.Reference.Content,
                submission.Reference.TypeName,
                submission.Name,
                new SortedDictionary<string, string>(submission.Settings.Values.ToDictionary(), StringComparer.Ordinal),
                submission.Parallelism,
                new SortedDictionary<string, string>(options.ToDictionary(option => option.Name, option => option.Default), StringComparer.Ordinal),
                submission.Restore,
                submission.AllowNonRestoredState,
                job.SubmittedAt,
                job.Recoveries),
            JobFileJson.Default.JobFile);
    }

    public static RegisteredJob Parse(ReadOnlySpan<byte> bytes)
    {
        JobFile file = JsonSerializer.Deserialize(bytes, JobFileJson.Default.JobFile) ?? throw new JsonException("The file has no object.");
        JobId id = new(UInt128.Parse(file.Id, System.Globalization.NumberStyles.AllowHexSpecifier, null));
        JobSubmission submission = new(new JobReference(file.Content, file.Type), new JobSettings(file.Settings), file.Parallelism)
        {
            Name = file.Name,
            Options = ExecutionOptions.Parse(file.Options),
            Restore = file.Restore,
            AllowNonRestoredState = file.AllowNonRestoredState,
        };
        return new RegisteredJob(id, submission, file.SubmittedAt, file.Recoveries);
    }
}

/// <summary>Reads and writes <see cref="JobFile"/>.</summary>
[JsonSourceGenerationOptions(
    WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(JobFile))]
internal sealed partial class JobFileJson : JsonSerializerContext;
