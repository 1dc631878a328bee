using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text;
using QueryStream.Core.Identity;
using QueryStream.Exchange.Frames;
using QueryStream.Exchange.Tests.Support;
using QueryStream.TestKit;
using QueryStream.TestKit.Logging;

namespace QueryStream.Exchange.Tests;

/// <summary>Whoever is no worker of the cluster is refused, with one line, and hurts nobody.</summary>
public sealed class StrangerTests
{
    private static readonly Dictionary<string, (Func<RawPeer, byte[]> Bytes, string Problem)> Strangers = new(StringComparer.Ordinal)
    {
        ["a browser"] = (_ => Encoding.ASCII.GetBytes("GET / HTTP/1.1\r\nHost: x\r\n\r\n"), "It is no worker: it began with the bytes 474554"),
        ["one wrong byte"] = (_ => [0x16], "It is no worker: it began with the bytes 16"),
        ["zeros"] = (_ => new byte[4_096], "It is no worker: it began with the bytes 0000000000000000"),
        ["another version"] = (
            peer => Changed(peer.Hello(), bytes => bytes[8] = 9), "It speaks version 9 of the exchange, and this worker version 2"),
        ["a huge hello"] = (peer => Changed(peer.Hello(), bytes => bytes[14] = 9), "A hello of "),
        ["a flipped bit"] = (peer => Changed(peer.Hello(), bytes => bytes[30] ^= 1), "A hello with a wrong checksum."),
        ["no cluster name"] = (peer => Resealed(Changed(peer.Hello(), bytes => bytes[24] = 0)), "The bytes are damaged: a text that is missing"),
        ["another cluster"] = (
            peer => (peer.Hello() with { Cluster = "test" }).ToArray(), "worker a is of cluster 'test', and b of 'querystream'"),
        ["another target"] = (peer => (peer.Hello() with { Target = new WorkerId("c") }).ToArray(), "worker a means worker c, and this is b"),
        ["the same name"] = (peer => peer.Hello("b").ToArray(), "has the name b too"),
        ["the wrong direction"] = (
            peer => peer.Hello("c").ToArray(), "a hello of worker c has purpose Connect, and Call is expected"),
        ["an answer"] = (
            peer => (peer.Hello() with { Purpose = HelloPurpose.Answer }).ToArray(), "has purpose Answer, and Connect is expected"),
    };

    private static readonly Dictionary<string, (byte[] Bytes, string Problem)> Frames = new(StringComparer.Ordinal)
    {
        ["zeros"] = (new byte[64], "The header of a frame has a wrong checksum"),
        ["an unknown kind"] = (Header((FrameKind)99), "There is no frame of kind 99."),
        ["an oversized length"] = (Header(FrameKind.Element, length: 100 << 20), "claims 104857600 bytes, and 67108864 are allowed"),
        ["a negative length"] = (Header(FrameKind.Element, length: -1), "claims 4294967295 bytes"),
        ["an oversized handshake"] = (Header(FrameKind.Open, length: 5_000), "claims 5000 bytes, and 4096 are allowed"),
        ["a changed header"] = (
            Changed(Header(FrameKind.Element, length: 100), bytes => bytes[9] ^= 1), "The header of a frame has a wrong checksum"),
        ["a changed body"] = ([.. Header(FrameKind.Element, length: 1), 1], "A frame of 1 bytes has a wrong checksum"),
        ["an element of no channel"] = (Header(FrameKind.Element, channel: 1), "There is no channel 1: 0 were opened."),
        ["the end of no channel"] = (Header(FrameKind.Close, channel: -3), "There is no channel -3: 0 were opened."),
        ["a channel out of order"] = (Header(FrameKind.Open, channel: 2), "Channel 2 was opened, and 1 is next."),
        ["an empty channel"] = (Header(FrameKind.Open, channel: 1), "The bytes are damaged"),
        ["an empty refusal"] = (Header(FrameKind.Refused, channel: 1), "The bytes are damaged"),
    };

    public static TheoryData<string> StrangerNames => [.. Strangers.Keys];

    public static TheoryData<string> FrameNames => [.. Frames.Keys];

    [Theory]
    [MemberData(nameof(StrangerNames))]
    public async Task A_stranger_is_refused_with_one_line(string stranger)
    {
        await using ExchangeNode node = new("b");
        using RawPeer peer = new(node);
        peer.Send(Strangers[stranger].Bytes(peer));
        await peer.UntilClosedAsync();
        Assert.Contains(Strangers[stranger].Problem, (await LineOfAsync(node)).Message, StringComparison.Ordinal);
        await AssertServesAsync(node);
    }

    [Fact]
    public async Task A_stranger_that_leaves_or_stays_silent_costs_one_line()
    {
        await using ExchangeNode node = new("b", new ExchangeOptions { HelloTimeout = TimeSpan.FromMilliseconds(200) });
        new RawPeer(node).Dispose();
        Assert.Contains("closed after 0 bytes", (await LineOfAsync(node)).Message, StringComparison.Ordinal);

        await using ExchangeNode patient = new("b", new ExchangeOptions { HelloTimeout = TimeSpan.FromMilliseconds(200) });
        using RawPeer slow = new(patient);
        slow.Send(slow.Hello().ToArray().AsSpan(0, 20));
        await slow.UntilClosedAsync();
        Assert.Contains("did not answer within 200ms", (await LineOfAsync(patient)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_too_many_strangers_the_last_are_closed_and_workers_get_in_when_there_is_room()
    {
        await using ExchangeNode node = new("b", new ExchangeOptions { MaxStrangers = 3, HelloTimeout = TimeSpan.FromMilliseconds(500) });
        RawPeer[] strangers = [.. Enumerable.Range(0, 10).Select(_ => new RawPeer(node))];
        await Wait.ForAsync("all to be closed", Task.WhenAll(strangers.Select(stranger => stranger.UntilClosedAsync())));
        await Wait.UntilAsync("the lines", () => node.Problems.Count == 4);
        Assert.Single(node.Problems, line => line.Id == 3255);
        Array.ForEach(strangers, stranger => stranger.Dispose());
        await AssertServesAsync(node);
    }

    [Theory]
    [MemberData(nameof(FrameNames))]
    public async Task A_worker_that_sends_no_frames_is_refused_with_one_line(string frame)
    {
        await using ExchangeNode node = new("b");
        using RawPeer peer = new(node);
        await peer.MeetAsync();
        peer.Send(Frames[frame].Bytes);
        await peer.UntilClosedAsync();

        await Wait.UntilAsync("the line", () => node.Problems.Any(line => line.Id == 3253));
        LogLine line = Assert.Single(node.Problems, line => line.Id == 3253);
        Assert.Contains(Frames[frame].Problem, line.Message, StringComparison.Ordinal);
        await AssertServesAsync(node);
    }

    private static async Task AssertServesAsync(ExchangeNode node)
    {
        await using ExchangeNode other = new("aa");
        TestJob job = new();
        job.Deploy(other, node);
        other.Channels.Connect(job.Senders[0].Endpoint, TestJob.Channel()).Send(TestJob.Batch(1));
        await Wait.UntilAsync("the element", () => job.Receivers[0].Elements.Count == 1);
    }

    private static async Task<LogLine> LineOfAsync(ExchangeNode node)
    {
        await Wait.UntilAsync("the line", () => node.Problems.Count > 0);
        LogLine line = Assert.Single(node.Problems);
        Assert.Equal(3251, line.Id);
        return line;
    }

    private static byte[] Header(FrameKind kind, int channel = 0, int length = 0)
    {
        byte[] bytes = new byte[FrameHeader.Size];
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(8), length);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(12), (int)kind);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(16), channel);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(4), (uint)XxHash3.HashToUInt64([]));
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, (uint)XxHash3.HashToUInt64(bytes.AsSpan(4)));
        return bytes;
    }

    private static byte[] Changed(Hello hello, Action<byte[]> change) => Changed(hello.ToArray(), change);

    private static byte[] Changed(byte[] bytes, Action<byte[]> change)
    {
        change(bytes);
        return bytes;
    }

    private static byte[] Resealed(byte[] hello)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(hello.AsSpan(16), XxHash3.HashToUInt64(hello.AsSpan(24)));
        return hello;
    }
}
