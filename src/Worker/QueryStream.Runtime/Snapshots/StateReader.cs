using QueryStream.Checkpoints.Chunks;
using QueryStream.Checkpoints.Snapshots;
using QueryStream.Core.Codecs;
using QueryStream.Core.Errors;
using QueryStream.Core.Keys;
using QueryStream.Core.Time;

namespace QueryStream.Runtime.Snapshots;

/// <summary>
/// Restores one operator of one subtask from the state of all former subtasks. It reads only the chunks of its own key groups, one after the other,
/// so memory holds at most two: the one that is being decoded and the next one. Items are converted if the members of their type have changed. Used
/// by one thread at a time.
/// </summary>
/// <param name="snapshot">The state of all subtasks.</param>
/// <param name="chunks">Reads the chunks.</param>
/// <param name="keyGroups">The job's number of key groups.</param>
/// <param name="subtask">The subtask that is restored.</param>
/// <param name="parallelism">The present number of subtasks.</param>
/// <param name="cancellationToken">Stops reading.</param>
internal sealed class StateReader(
    OperatorSnapshot snapshot, ChunkReader chunks, int keyGroups, int subtask, int parallelism, CancellationToken cancellationToken)
{
    private readonly RoutingTable _routing = RoutingTable.Spread(version: 0, keyGroups, parallelism);

    /// <summary>The smallest watermark that a task of the operator's vertex had.</summary>
    public EventTime Watermark { get; init; } = EventTime.MinValue;

    /// <summary>The subtask's share in list states.</summary>
    public ListShare Lists { get; init; } = new(subtask, parallelism);

    /// <summary>Reads the items of the subtask's key groups.</summary>
    /// <param name="name">The state's name.</param>
    /// <param name="restore">Called for each item. Texts of the item are part of a whole chunk: they are copied before they are kept.</param>
    /// <exception cref="StateRestoreException">
    /// The state is of another kind or type, or an item cannot be decoded; names operator, state and member.
    /// </exception>
    /// <exception cref="DamagedCheckpointException">A chunk is missing or damaged; names it.</exception>
    public Task KeyedAsync<T>(string name, Action<T> restore) => ReadAsync(name, StateKind.Keyed, restore);

    /// <summary>Reads the subtask's share of a list state: every item goes to one subtask. Otherwise as <see cref="KeyedAsync"/>.</summary>
    public Task ListAsync<T>(string name, Action<T> restore) => UnionAsync<T>(name, (item, isMine) =>
    {
        if (isMine)
        {
            restore(item);
        }
    });

    /// <summary>Reads all items of a list state: every subtask sees every item. Otherwise as <see cref="KeyedAsync"/>.</summary>
    public Task UnionAsync<T>(string name, Action<T> restore) => ReadAsync(name, StateKind.List, restore);

    /// <summary>As <see cref="UnionAsync{T}(string, Action{T})"/>, and says of each item whether it is in the subtask's share.</summary>
    public Task UnionAsync<T>(string name, Action<T, bool> restore)
    {
        int index = 0;
        return ReadAsync<T>(name, StateKind.List, item => restore(item, Lists.Has(index++)));
    }

    /// <summary>Reads the items of a broadcast state. Otherwise as <see cref="KeyedAsync"/>.</summary>
    public Task BroadcastAsync<T>(string name, Action<T> restore) => ReadAsync(name, StateKind.Broadcast, restore);

    private async Task ReadAsync<T>(string name, StateKind kind, Action<T> restore)
    {
        if (snapshot.States.FirstOrDefault(state => state.Name == name) is not { } state)
        {
            return;
        }

        if (state.Kind != kind)
        {
            throw new StateRestoreException(
                $"State '{name}' of operator '{snapshot.Name}' is {state.Kind} state in the snapshot, and {kind} state in the job.");
        }

        Decoder<T> decoder = DecoderOf<T>(state);
        Task<byte[]> next = Task.FromResult<byte[]>([]);
        StateChunk? current = null;
        try
        {
            foreach (StateChunk chunk in state.Chunks.Where(chunk => kind != StateKind.Keyed || IsMine(chunk)))
            {
                byte[] bytes = await next.ConfigureAwait(false);
                next = chunks.ReadAsync(chunk.Content, cancellationToken);
                Restore(current, bytes, decoder, name, restore);
                current = chunk;
            }

            Restore(current, await next.ConfigureAwait(false), decoder, name, restore);
        }
        finally
        {
            // Waits for the chunk that is still being read. If decoding has failed, that is the error to report.
            await ((Task)next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private bool IsMine(StateChunk chunk) => _routing.SubtaskOf(new KeyGroup(chunk.KeyGroup)) == subtask;

    private Decoder<T> DecoderOf<T>(StateSnapshot state)
    {
        try
        {
            return Codec<T>.Instance.DecoderOf(state.Schema);
        }
        catch (SchemaMismatchException e)
        {
            throw new StateRestoreException($"State '{state.Name}' of operator '{snapshot.Name}' cannot be restored: {e.Message}.", e);
        }
    }

    private void Restore<T>(StateChunk? chunk, byte[] bytes, Decoder<T> decoder, string state, Action<T> restore)
    {
        CodecReader reader = new(bytes);
        for (int item = 0; item < (chunk?.Count ?? 0); item++)
        {
            restore(Read(decoder, reader, state));
        }
    }

    private T Read<T>(Decoder<T> decoder, CodecReader reader, string state)
    {
        try
        {
            return decoder.Read(reader);
        }
        catch (CodecException e)
        {
            throw new StateRestoreException($"State '{state}' of operator '{snapshot.Name}' cannot be read: {e.Message}", e);
        }
    }
}

/// <summary>Which items of a list state a subtask gets: they go in turn to all subtasks that have a share.</summary>
/// <param name="Place">The place of the subtask among them; -1: it has none.</param>
/// <param name="Count">Their number.</param>
internal readonly record struct ListShare(int Place, int Count)
{
    /// <summary>No items.</summary>
    public static ListShare None => new(-1, 1);

    /// <summary>All items.</summary>
    public static ListShare All => new(0, 1);

    /// <summary>Whether an item is in the share.</summary>
    public bool Has(int index) => index % Count == Place;
}
