using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Extensions.Logging;
using QueryStream.Checkpoints.Storage;
using QueryStream.Core.Errors;
using QueryStream.Core.Identity;
using QueryStream.Streams.Settings;

namespace QueryStream.Coordinator.Registry;

/// <summary>
/// Jobs as files <c>jobs/ID.json</c> of a directory. The coordinator that has raised the epoch of the directory's storage writes them; a lock keeps
/// others out. A file that cannot be read is logged and left alone: the other jobs are resumed.
/// </summary>
/// <param name="files">The file system.</param>
/// <param name="directory">The directory.</param>
/// <param name="log">Where to log.</param>
public sealed class DirectoryJobRegistry(IDurableFiles files, string directory, ILogger<DirectoryJobRegistry> log) : IJobRegistry
{
    private const string Extension = ".json";

    private readonly string _folder = Path.Combine(directory, "jobs");

    /// <inheritdoc/>
    public async Task<IReadOnlyList<RegisteredJob>> ReadAsync(CancellationToken cancellationToken)
    {
        List<RegisteredJob> jobs = [];
        try
        {
            IEnumerable<string> names = files.List(_folder).Where(name => name.EndsWith(Extension, StringComparison.Ordinal));
            foreach (string file in names.Order(StringComparer.Ordinal).Select(name => Path.Combine(_folder, name)))
            {
                try
                {
                    jobs.Add(JobFile.Parse(await files.ReadAsync(file, 0, count: null, cancellationToken).ConfigureAwait(false)));
                }
                catch (Exception e) when (e is JsonException or SettingException or FormatException)
                {
                    Log.JobFileDamaged(log, file, e.Message);
                }
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Failed(e);
        }

        return jobs;
    }

    /// <inheritdoc/>
    public async Task PutAsync(RegisteredJob job, CancellationToken cancellationToken)
    {
        try
        {
            files.CreateDirectory(_folder);
            await files.ReplaceAsync(PathOf(job.Id), JobFile.Format(job), cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Failed(e);
        }
    }

    /// <inheritdoc/>
    public Task RemoveAsync(JobId job, CancellationToken cancellationToken)
    {
        try
        {
            // A job that was refused was never put.
            files.CreateDirectory(_folder);
            files.Delete(PathOf(job));
            files.FlushDirectory(_folder);
            return Task.CompletedTask;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Task.FromException(Failed(e));
        }
    }

    private string PathOf(JobId job) => Path.Combine(_folder, $"{job}{Extension}");

    private CheckpointStorageException Failed(Exception cause) =>
        new($"The registry of jobs in {_folder} cannot be used: {cause.Message}", cause);
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
