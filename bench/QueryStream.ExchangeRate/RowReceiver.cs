using System.Threading.Channels;
using QueryStream.Core.Time;
using QueryStream.Runtime.Exchange;
using QueryStream.Streams.Batches;

namespace QueryStream.ExchangeRate;

/// <summary>Receives batches as a task does: decodes them on its own thread, reads the rows and returns credit in portions.</summary>
/// <param name="sender">The other end.</param>
internal sealed class RowReceiver(IChannelPeer sender)
{
    private const long Portion = 1 << 18;

    private readonly Channel<ChannelElement> _elements = Channel.CreateUnbounded<ChannelElement>(new UnboundedChannelOptions { SingleReader = true });

    /// <summary>The sum of all keys, so that nobody can leave out reading them.</summary>
    public long Sum { get; private set; }

    public void OnElement(ChannelElement element) => _elements.Writer.TryWrite(element);

    /// <summary>Completes when so many rows have come.</summary>
    public async Task ReceiveAsync(long rows)
    {
        long consumed = 0;
        long received = 0;
        while (received < rows)
        {
            ChannelElement element = await _elements.Reader.ReadAsync();
            Batch<Payload> batch = Batch<Payload>.Read(element.Frame!);
            element.Release();
            foreach (ref readonly Payload row in batch.Rows)
            {
                Sum += row.Key + row.Content.Bytes.Length;
            }

            received += batch.Count;
            consumed += batch.Bytes;
            batch.Release();
            if (consumed >= Portion)
            {
                sender.Send(ChannelElement.Credit(consumed, EventTime.MinValue, activations: 0));
                consumed = 0;
            }
        }
    }
}
