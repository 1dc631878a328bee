using System.Threading.Channels;
using QueryStream.Core.Texts;
using QueryStream.Core.Time;
using QueryStream.Runtime.Exchange;
using QueryStream.Streams.Batches;

namespace QueryStream.ExchangeRate;

/// <summary>Sends batches as a task does: while less than a limit is in flight.</summary>
internal sealed class RowSender
{
    private const long Limit = 1 << 20;
    private const int TextBytes = 92;

    private readonly Channel<long> _credit = Channel.CreateUnbounded<long>();
    private readonly IChannelPeer _receiver;
    private readonly Batch<Payload> _batch = Batch<Payload>.Rent();

    public RowSender(IChannelPeer receiver)
    {
        _receiver = receiver;
        Text text = Text.From(new string('x', TextBytes));
        for (int i = 0; i < Batch.MaxRows; i++)
        {
            _batch.Add(new Payload(1_000_000 + i, text), new EventTime(i), TextBytes);
        }
    }

    public void OnElement(ChannelElement element) => _credit.Writer.TryWrite(element.Bytes);

    /// <summary>Sends the same batch until there are so many rows.</summary>
    public async Task SendAsync(long rows)
    {
        long inFlight = 0;
        for (long sent = 0; sent < rows; sent += Batch.MaxRows)
        {
            while (_credit.Reader.TryRead(out long credit) || inFlight > Limit)
            {
                inFlight -= credit > 0 ? credit : await _credit.Reader.ReadAsync();
            }

            _batch.Retain();
            inFlight += _batch.Bytes;
            _receiver.Send(ChannelElement.Of(_batch, link: 0));
        }
    }
}
