using System.Buffers;
using QueryStream.Core;
using QueryStream.Core.Codecs;
using QueryStream.Core.Identity;
using QueryStream.Exchange.Frames;
using QueryStream.Exchange.Tests.Support;
using QueryStream.Runtime.Exchange;
using QueryStream.Streams.Batches;
using QueryStream.Wire.Control;

namespace QueryStream.Exchange.Tests;

/// <summary>Bytes become frames or an error, whatever they are and however they are cut.</summary>
public sealed class FrameTests
{
    private const int MaxLength = 1 << 16;

    [Fact]
    public void Frames_survive_every_cut_of_their_bytes()
    {
        byte[] bytes = [.. Sealed(FrameKind.Open, 1, 0, 70), .. Sealed(FrameKind.Element, 1, 1, 3_000), .. Sealed(FrameKind.Heartbeat, 0, 0, 0)];
        for (int cut = 0; cut <= bytes.Length; cut++)
        {
            ReadOnlySequence<byte> received = Cut(bytes, cut);
            Assert.Equal([(FrameKind.Open, 70), (FrameKind.Element, 3_000), (FrameKind.Heartbeat, 0)], ReadAll(ref received));
            Assert.True(received.IsEmpty);

            ReadOnlySequence<byte> part = new(bytes, 0, cut);
            Assert.Equal(cut switch { < 102 => 0, < 3_134 => 1, < 3_166 => 2, _ => 3 }, ReadAll(ref part).Count);
        }
    }

    [Fact]
    public void A_flipped_bit_anywhere_is_noticed_before_more_bytes_come()
    {
        byte[] bytes = Sealed(FrameKind.Element, 7, 9, 40);
        for (int bit = 0; bit < bytes.Length * 8; bit++)
        {
            byte[] damaged = [.. bytes];
            damaged[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.Throws<CodecException>(() =>
            {
                ReadOnlySequence<byte> received = new(damaged);
                ReadAll(ref received);
            });
        }
    }

    [Fact]
    public void Random_bytes_are_neither_frames_nor_a_crash()
    {
        SeededRandom random = new(42);
        for (int i = 0; i < 200_000; i++)
        {
            byte[] bytes = random.NextBytes(random.Next(120));
            if (bytes.Length > 20 && i % 2 == 0)
            {
                // A likely kind and length, so that bodies are read too.
                bytes.AsSpan(8, 12).Clear();
                (bytes[8], bytes[12]) = ((byte)random.Next(64), (byte)random.Next(8));
            }

            ReadOnlySequence<byte> received = Cut(bytes, random.Next(bytes.Length + 1));
            try
            {
                Assert.Empty(ReadAll(ref received));
            }
            catch (CodecException)
            {
            }
        }
    }

    [Fact]
    public void Changed_bodies_and_hellos_are_errors_and_no_crash()
    {
        SeededRandom random = new(7);
        WorkerLocation sender = new(new WorkerId("w"), new WorkerAddress("h", 1));
        byte[] hello = new Hello("c", sender, new WorkerId("x"), HelloPurpose.Call, 5).ToArray();
        CodecWriter refused = new();
        ChannelFrames.WriteRefused(refused, new string('x', 5_000));
        byte[][] bodies = [[2, 1, 0, 0], [64, 1, 2, 3], [0, 1, 9], [5, 2, 4], refused.Written.ToArray(), new byte[60]];
        for (int i = 0; i < 100_000; i++)
        {
            byte[] body = [.. bodies[random.Next(bodies.Length)]];
            body[random.Next(body.Length)] = (byte)random.Next(256);
            Try(body, frame => ElementCodec.Read(frame).Release());
            Try(body, frame => ReleaseAfter(frame, ChannelFrames.ReadRefused));
            Try(body, frame => ReleaseAfter(frame, each => ChannelFrames.ReadOpen(each)));

            byte[] changed = [.. hello];
            changed[random.Next(changed.Length)] = (byte)random.Next(256);
            ReadOnlySequence<byte> received = Cut(changed, random.Next(changed.Length));
            try
            {
                Hello.TryRead(ref received, out _);
            }
            catch (CodecException)
            {
            }
        }
    }

    private static void Try(byte[] body, Action<Frame> read)
    {
        try
        {
            read(Frame.Copy(body));
        }
        catch (CodecException)
        {
        }
    }

    private static void ReleaseAfter<T>(Frame frame, Func<Frame, T> read)
    {
        try
        {
            read(frame);
        }
        finally
        {
            frame.Release();
        }
    }

    private static List<(FrameKind Kind, int Length)> ReadAll(ref ReadOnlySequence<byte> received)
    {
        List<(FrameKind, int)> frames = [];
        while (FrameHeader.TryRead(ref received, MaxLength, out FrameHeader header, out Frame? body))
        {
            frames.Add((header.Kind, body!.Length));
            body.Release();
        }

        return frames;
    }

    private static byte[] Sealed(FrameKind kind, int channel, long number, int length)
    {
        CodecWriter frame = new();
        FrameHeader.Reserve(frame, length);
        frame.WriteRaw(new byte[length]);
        FrameHeader.Seal(frame, kind, channel, new Attempt(3), number);
        return frame.Written.ToArray();
    }

    private static ReadOnlySequence<byte> Cut(byte[] bytes, int at)
    {
        Part first = new(bytes.AsMemory(0, at));
        Part second = first.Append(bytes.AsMemory(at));
        return new ReadOnlySequence<byte>(first, 0, second, second.Memory.Length);
    }

    private sealed class Part : ReadOnlySequenceSegment<byte>
    {
        public Part(ReadOnlyMemory<byte> memory) => Memory = memory;

        public Part Append(ReadOnlyMemory<byte> memory)
        {
            Part next = new(memory) { RunningIndex = RunningIndex + Memory.Length };
            Next = next;
            return next;
        }
    }
}
