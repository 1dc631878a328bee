using Microsoft.Extensions.Logging;
using QueryStream.Blobs;
using QueryStream.Coordinator;
using QueryStream.Core.Errors;
using QueryStream.Rest.Model;
using QueryStream.Rest.Submissions;

namespace QueryStream.Rest.Uploads;

/// <summary>Turns uploads into bundles, and runs their jobs, for REST and for pages. Safe on any thread.</summary>
public sealed class UploadService : IDisposable
{
    // Each may take up twice the size of a job on the disk while it is unpacked.
    private const int MaxAtOnce = 2;

    // So that a client that falls silent does not keep others out.
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);

    private readonly SemaphoreSlim _free = new(MaxAtOnce, MaxAtOnce);
    private readonly BlobStore _store;
    private readonly UploadList _uploads;
    private readonly SubmissionService _submissions;
    private readonly TimeProvider _time;
    private readonly ILogger<UploadService> _log;

    internal UploadService(BlobStore store, UploadList uploads, SubmissionService submissions, TimeProvider time, ILogger<UploadService> log) =>
        (_store, _uploads, _submissions, _time, _log) = (store, uploads, submissions, time, log);

    /// <summary>How many bytes an upload may have.</summary>
    public long MaxBytes => _store.Options.MaxJobBytes;

    /// <summary>The uploads to a coordinator that are kept, the newest first.</summary>
    public IReadOnlyList<Upload> Of(CoordinatorNode leader) => [.. _uploads.Of(leader).Reverse()];

    /// <summary>Forgets an upload. Its files are deleted later, unless a job needs them.</summary>
    /// <exception cref="RestException">There is none of that id.</exception>
    public void Remove(CoordinatorNode leader, string id)
    {
        if (!_uploads.Remove(leader, id))
        {
            throw Unknown(id);
        }
    }

    /// <summary>Receives an upload, stores its files and lists it.</summary>
    /// <param name="leader">The coordinator.</param>
    /// <param name="name">The name of the file.</param>
    /// <param name="content">The file.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="QueryStreamException">It cannot be used, it is too large, or too many come at the same time.</exception>
    public Task<Upload> ReceiveAsync(CoordinatorNode leader, string name, Stream content, CancellationToken cancellationToken) => ReceiveAsync(
        leader,
        async (folder, cancellation) =>
        {
            string path = Path.Combine(folder, UploadNames.Of(name));
            await UploadCopy.RunAsync(content, path, MaxBytes, $"'{Path.GetFileName(path)}'", cancellation).ConfigureAwait(false);
            return path;
        },
        cancellationToken);

    /// <summary>Submits a job of an upload.</summary>
    /// <returns>The job, and whether it was started by this request.</returns>
    /// <exception cref="QueryStreamException">The request is wrong, or the job cannot be started.</exception>
    public Task<(JobHandle Job, bool IsNew)> RunAsync(
        CoordinatorNode leader, string id, RunUploadRequest request, CancellationToken cancellationToken) =>
        _submissions.RunAsync(leader, RunArguments.ToSubmission(Find(leader, id), request), cancellationToken);

    /// <summary>What a request would submit.</summary>
    /// <exception cref="QueryStreamException">The request is wrong.</exception>
    internal JobSubmission Check(CoordinatorNode leader, string id, RunUploadRequest request) =>
        _submissions.Check(RunArguments.ToSubmission(Find(leader, id), request)).Submission;

    /// <summary>Receives an upload, stores its files and lists it.</summary>
    /// <param name="leader">The coordinator.</param>
    /// <param name="receive">Writes the file into a folder, and returns its path.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="QueryStreamException">It cannot be used, it is too large, or too many come at the same time.</exception>
    internal async Task<Upload> ReceiveAsync(
        CoordinatorNode leader, Func<string, CancellationToken, Task<string>> receive, CancellationToken cancellationToken)
    {
        if (!await _free.WaitAsync(TimeSpan.Zero, cancellationToken).ConfigureAwait(false))
        {
            throw new RestException(503, $"{MaxAtOnce} uploads are being received, which is the limit. Try again in a second.");
        }

        using CancellationTokenSource limit = new(Limit, _time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            Upload upload = await StoreAsync(receive, either.Token).ConfigureAwait(false);
            _uploads.Add(leader, upload);
            Log.Uploaded(_log, upload.Id, upload.Bundle, string.Join(", ", upload.Classes));
            return upload;
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            throw new RestException(400, $"The upload has taken more than {Limit.TotalMinutes} minutes, which is the limit.");
        }
        finally
        {
            _free.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _free.Dispose();

    private static RestException Unknown(string id) => new(
        404, $"There is no upload '{id}'. GET /jars lists the last {UploadList.MaxUploads}; a new leader knows none, so upload it again.");

    private Upload Find(CoordinatorNode leader, string id) => _uploads.Of(leader).FirstOrDefault(one => one.Id == id) ?? throw Unknown(id);

    private async Task<Upload> StoreAsync(Func<string, CancellationToken, Task<string>> receive, CancellationToken cancellationToken)
    {
        using TemporaryFolder received = _store.CreateFolder();
        string file = await receive(received.Path, cancellationToken).ConfigureAwait(false);
        string name = Path.GetFileName(file);
        using TemporaryFolder unpacked = _store.CreateFolder();
        bool isZip = Path.GetExtension(name).Equals(".zip", StringComparison.OrdinalIgnoreCase);
        if (isZip)
        {
            await ZipUnpacking.RunAsync(file, unpacked.Path, _store.Options, cancellationToken).ConfigureAwait(false);
        }

        UploadedJobs jobs = UploadedJobs.Find(isZip ? unpacked.Path : received.Path);
        ContentHash bundle = await jobs.StoreAsync(_store, cancellationToken).ConfigureAwait(false);
        return new Upload($"{Guid.NewGuid()}_{name}", name, _time.GetUtcNow(), bundle, jobs.Classes);
    }
}
