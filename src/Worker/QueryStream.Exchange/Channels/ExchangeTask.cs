using QueryStream.Core.Errors;
using QueryStream.Runtime.Exchange;
using QueryStream.Worker;

namespace QueryStream.Exchange.Channels;

/// <summary>A task of this worker with its channels to other workers. Safe on any thread.</summary>
/// <param name="endpoint">The task.</param>
/// <param name="locations">Where the tasks of its region are.</param>
internal sealed class ExchangeTask(TaskEndpoint endpoint, TaskLocations locations)
{
    // Guards the lists and the flag: the task connects in its turns, connections accept on their threads, and the worker closes on its own.
    private readonly Lock _lock = new();
    private readonly List<SendingEnd> _sending = [];
    private readonly Dictionary<ChannelId, ReceivingEnd> _receiving = [];
    private bool _isClosed;

    // Replaced as a whole by the worker, while the task connects.
    private volatile TaskLocations _locations = locations;

    /// <summary>Where the tasks of its region are.</summary>
    public TaskLocations Locations => _locations;

    /// <summary>Keeps an end to close it with the task.</summary>
    public void Add(SendingEnd end)
    {
        lock (_lock)
        {
            if (!_isClosed)
            {
                _sending.Add(end);
                return;
            }
        }

        end.Close();
    }

    /// <summary>Accepts the far end of a channel.</summary>
    /// <exception cref="ChannelRefusedException">It does not belong to this task, or the channel is open already.</exception>
    public ReceivingEnd Accept(ChannelId channel, ChannelHandshake handshake)
    {
        ReceivingEnd end = new(endpoint, channel, handshake.Attempt, endpoint.Accept(channel, handshake));
        lock (_lock)
        {
            // Once for each channel, so that a peer cannot make a worker remember more than its tasks have.
            if (_isClosed || !_receiving.TryAdd(channel, end))
            {
                throw new ChannelRefusedException(
                    $"Channel {channel} of job {endpoint.Task.Job}, attempt {endpoint.Attempt}, is {(_isClosed ? "closed" : "open already")}.");
            }
        }

        return end;
    }

    /// <summary>Tasks have moved: closes the channels to where they were.</summary>
    public void Relocate(TaskLocations moved)
    {
        _locations = moved;
        SendingEnd[] sending;
        lock (_lock)
        {
            sending = [.. _sending.Where(end => end.Peer != endpoint.PeerAttemptOf(end.Channel))];
            _sending.RemoveAll(sending.Contains);
            foreach ((ChannelId channel, ReceivingEnd end) in _receiving.Where(end => end.Value.Peer != endpoint.PeerAttemptOf(end.Key)).ToArray())
            {
                end.Forget();
                _receiving.Remove(channel);
            }
        }

        Array.ForEach(sending, end => end.Close());
    }

    /// <summary>The task was removed: closes its channels.</summary>
    public void Close()
    {
        lock (_lock)
        {
            _isClosed = true;
        }

        // Nothing is added any more.
        _sending.ForEach(end => end.Close());
        foreach (ReceivingEnd end in _receiving.Values)
        {
            end.Forget();
        }
    }
}
