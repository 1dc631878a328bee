using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using QueryStream.Blobs;
using QueryStream.Coordinator;

namespace QueryStream.Rest.Uploads;

/// <summary>Turns uploads into bundles. Safe on any thread.</summary>
/// <param name="store">The blobs.</param>
/// <param name="uploads">The list of uploads.</param>
/// <param name="time">The clock.</param>
/// <param name="log">Where to log.</param>
internal sealed class UploadService(BlobStore store, UploadList uploads, TimeProvider time, ILogger<UploadService> log) : IDisposable
{
    // Each may take up twice the size of a job on the disk while it is unpacked.
    private const int MaxAtOnce = 2;

    // So that a client that falls silent does not keep others out.
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);

    private readonly SemaphoreSlim _free = new(MaxAtOnce, MaxAtOnce);

    /// <summary>Receives an upload, stores its files and lists it.</summary>
    /// <exception cref="RestException">It cannot be used, or too many come at the same time.</exception>
    public async Task<Upload> ReceiveAsync(HttpContext context, CoordinatorNode leader)
    {
        if (!await _free.WaitAsync(TimeSpan.Zero, context.RequestAborted).ConfigureAwait(false))
        {
            context.Response.Headers.RetryAfter = "1";
            throw new RestException(503, $"{MaxAtOnce} uploads are being received, which is the limit. Try again in a second.");
        }

        using CancellationTokenSource limit = new(Limit, time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, context.RequestAborted);
        try
        {
            Upload upload = await ReceiveAsync(context, either.Token).ConfigureAwait(false);
            uploads.Add(leader, upload);
            Log.Uploaded(log, upload.Id, upload.Bundle, string.Join(", ", upload.Classes));
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

    private async Task<Upload> ReceiveAsync(HttpContext context, CancellationToken cancellationToken)
    {
        using TemporaryFolder received = store.CreateFolder();
        string file = await UploadReceiver.ReceiveAsync(context, received.Path, store.Options.MaxJobBytes, cancellationToken).ConfigureAwait(false);
        string name = Path.GetFileName(file);
        using TemporaryFolder unpacked = store.CreateFolder();
        bool isZip = Path.GetExtension(name).Equals(".zip", StringComparison.OrdinalIgnoreCase);
        if (isZip)
        {
            await ZipUnpacking.RunAsync(file, unpacked.Path, store.Options, cancellationToken).ConfigureAwait(false);
        }

        UploadedJobs jobs = UploadedJobs.Find(isZip ? unpacked.Path : received.Path);
        ContentHash bundle = await jobs.StoreAsync(store, cancellationToken).ConfigureAwait(false);
        return new Upload($"{Guid.NewGuid()}_{name}", name, time.GetUtcNow(), bundle, jobs.Classes);
    }
}
