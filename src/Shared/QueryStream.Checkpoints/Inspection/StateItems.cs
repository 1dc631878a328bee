using QueryStream.Checkpoints.Chunks;
using QueryStream.Checkpoints.Snapshots;
using QueryStream.Core.Codecs;
using QueryStream.Core.Errors;

namespace QueryStream.Checkpoints.Inspection;

/// <summary>Reads the items of a stored state outside of a job.</summary>
public static class StateItems
{
    /// <summary>All items of a state, in the order in which they were written.</summary>
    /// <param name="segments">Those of the job.</param>
    /// <param name="state">The state; its schema must be that of the codec.</param>
    /// <param name="codec">Reads an item.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="DamagedCheckpointException">A chunk is missing or not what was written; names it.</exception>
    /// <exception cref="CheckpointStorageException">The store cannot be reached.</exception>
    public static async Task<IReadOnlyList<T>> ReadAsync<T>(
        ISegments segments, StateSnapshot state, Codec<T> codec, CancellationToken cancellationToken)
    {
        ChunkReader reader = new(segments);
        List<T> items = [];
        foreach (StateChunk chunk in state.Chunks)
        {
            byte[] bytes = await reader.ReadAsync(chunk.Content, cancellationToken).ConfigureAwait(false);
            try
            {
                CodecReader content = new(bytes, 0, bytes.Length);
                for (int i = 0; i < chunk.Count; i++)
                {
                    items.Add(codec.Read(content));
                }
            }
            catch (CodecException e)
            {
                throw new DamagedCheckpointException(
                    $"The chunk at byte {chunk.Content.Offset} of segment {chunk.Content.Segment} is not of state '{state.Name}': {e.Message}",
                    e);
            }
        }

        return items;
    }
}
