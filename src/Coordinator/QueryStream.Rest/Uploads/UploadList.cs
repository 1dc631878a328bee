using System.Runtime.CompilerServices;
using QueryStream.Coordinator;

namespace QueryStream.Rest.Uploads;

/// <summary>
/// The last uploads to each coordinator of this process. They are forgotten with it: a leader after it may have deleted their files. Safe on any
/// thread.
/// </summary>
internal sealed class UploadList
{
    /// <summary>How many are kept.</summary>
    public const int MaxUploads = 64;

    // Guards the lists: requests come on any thread.
    private readonly Lock _lock = new();
    private readonly ConditionalWeakTable<CoordinatorNode, List<Upload>> _uploads = [];

    /// <summary>Those that are kept, the oldest first.</summary>
    public IReadOnlyList<Upload> Of(CoordinatorNode leader)
    {
        lock (_lock)
        {
            return [.. _uploads.GetOrCreateValue(leader)];
        }
    }

    /// <summary>Adds an upload. The oldest one goes if there are too many.</summary>
    public void Add(CoordinatorNode leader, Upload upload)
    {
        lock (_lock)
        {
            List<Upload> uploads = _uploads.GetOrCreateValue(leader);
            uploads.Add(upload);
            if (uploads.Count > MaxUploads)
            {
                uploads.RemoveAt(0);
            }
        }
    }

    /// <summary>Forgets an upload.</summary>
    /// <returns>False: there is none of that id.</returns>
    public bool Remove(CoordinatorNode leader, string id)
    {
        lock (_lock)
        {
            return _uploads.GetOrCreateValue(leader).RemoveAll(upload => upload.Id == id) > 0;
        }
    }
}
