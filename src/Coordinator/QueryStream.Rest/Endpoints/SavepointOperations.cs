using QueryStream.Core.Identity;

namespace QueryStream.Rest.Endpoints;

/// <summary>
/// The savepoints that clients have asked for, so that they can ask how these go on. The last ones only: a client that asks later reads the job's
/// checkpoints. Safe on any thread.
/// </summary>
internal sealed class SavepointOperations
{
    private const int MaxOperations = 256;

    // Guards both: requests come on any thread.
    private readonly Lock _lock = new();
    private readonly Dictionary<(JobId Job, string Trigger), Task<string>> _operations = [];
    private readonly Queue<(JobId Job, string Trigger)> _order = new();

    /// <summary>Starts an operation, unless one of that id was started.</summary>
    public void Start(JobId job, string trigger, Func<Task<string>> start)
    {
        lock (_lock)
        {
            if (_operations.ContainsKey((job, trigger)))
            {
                return;
            }

            Task<string> operation = start();

            // Observed here: nobody may ever ask how it ended.
            _ = operation.ContinueWith(static ended => ended.Exception, TaskScheduler.Default);
            _operations.Add((job, trigger), operation);
            _order.Enqueue((job, trigger));
            if (_order.Count > MaxOperations)
            {
                _operations.Remove(_order.Dequeue());
            }
        }
    }

    /// <summary>An operation; null if there is none of that id.</summary>
    public Task<string>? FindAsync(JobId job, string trigger)
    {
        lock (_lock)
        {
            return _operations.GetValueOrDefault((job, trigger));
        }
    }
}
