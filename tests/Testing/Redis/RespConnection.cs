using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace QueryStream.Testing.Redis;

/// <summary>
/// A connection to Redis without the client library under test. Replies are <see cref="string"/> (bulk strings as UTF-8), <see cref="long"/>, arrays
/// of these, or null.
/// </summary>
public sealed class RespConnection : IAsyncDisposable
{
    private readonly Socket _socket;
    private readonly NetworkStream _stream;
    private readonly BufferedStream _reader;

    private RespConnection(Socket socket)
    {
        _socket = socket;
        _stream = new NetworkStream(socket, ownsSocket: true);
        _reader = new BufferedStream(_stream, 64 * 1024);
    }

    /// <summary>Connects.</summary>
    public static async Task<RespConnection> OpenAsync(string host, int port)
    {
        Socket socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(host, port);
            return new RespConnection(socket);
        }
        catch (SocketException)
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Sends a command and returns its reply.</summary>
    /// <exception cref="RespException">The answer is an error.</exception>
    public async Task<object?> CallAsync(params object[] command)
    {
        await _stream.WriteAsync(Encode(command));
        return await ReadAsync();
    }

    /// <summary>Sends a command whose reply is a string or null.</summary>
    public async Task<string?> TextAsync(params object[] command) => (string?)await CallAsync(command);

    /// <summary>Sends a command whose reply is a number.</summary>
    public async Task<long> NumberAsync(params object[] command) => (long)(await CallAsync(command))!;

    /// <summary>The strings whose keys match a pattern, by key.</summary>
    public async Task<Dictionary<string, string>> ReadAllAsync(string pattern)
    {
        Dictionary<string, string> all = new(StringComparer.Ordinal);
        foreach (object?[] keys in ((object?[])(await CallAsync("KEYS", pattern))!).Chunk(1_000))
        {
            object?[] values = (object?[])(await CallAsync(["MGET", .. keys!]))!;
            foreach ((object? key, object? value) in keys.Zip(values))
            {
                all.Add((string)key!, (string)value!);
            }
        }

        return all;
    }

    /// <summary>Reads the next reply, or the next message of a subscription.</summary>
    /// <exception cref="RespException">The answer is an error.</exception>
    /// <exception cref="EndOfStreamException">The server has closed the connection.</exception>
    public async Task<object?> ReadAsync()
    {
        string line = await ReadLineAsync();
        string rest = line[1..];
        return line[0] switch
        {
            '+' => rest,
            ':' => ParseNumber(rest),
            '$' when rest == "-1" => null,
            '$' => await ReadBulkAsync((int)ParseNumber(rest)),
            '*' when rest == "-1" => null,
            '*' => await ReadArrayAsync((int)ParseNumber(rest)),
            '-' => throw new RespException(rest),
            _ => throw new RespException($"No answer of Redis: {line}"),
        };
    }

    /// <summary>Ends the connection. A waiting read throws <see cref="EndOfStreamException"/>.</summary>
    public void Shutdown()
    {
        try
        {
            _socket.Shutdown(SocketShutdown.Both);
        }
        catch (SocketException)
        {
            // The server has closed it already.
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stream.DisposeAsync();
        _socket.Dispose();
    }

    private static byte[] Encode(object[] command)
    {
        using MemoryStream bytes = new();
        Write(bytes, $"*{command.Length}\r\n");
        foreach (object part in command)
        {
            byte[] value = part as byte[] ?? Encoding.UTF8.GetBytes(Convert.ToString(part, CultureInfo.InvariantCulture)!);
            Write(bytes, $"${value.Length}\r\n");
            bytes.Write(value);
            Write(bytes, "\r\n");
        }

        return bytes.ToArray();
    }

    private static void Write(MemoryStream bytes, string text) => bytes.Write(Encoding.UTF8.GetBytes(text));

    private static long ParseNumber(string text) => long.Parse(text, CultureInfo.InvariantCulture);

    private async Task<object?[]> ReadArrayAsync(int count)
    {
        object?[] items = new object?[count];
        for (int i = 0; i < count; i++)
        {
            items[i] = await ReadAsync();
        }

        return items;
    }

    private async Task<string> ReadBulkAsync(int length)
    {
        byte[] bytes = new byte[length + 2];
        await _reader.ReadExactlyAsync(bytes);
        return Encoding.UTF8.GetString(bytes, 0, length);
    }

    private async Task<string> ReadLineAsync()
    {
        List<byte> line = [];
        byte[] one = new byte[1];
        while (true)
        {
            await _reader.ReadExactlyAsync(one);
            if (one[0] == '\n')
            {
                return Encoding.UTF8.GetString([.. line[..^1]]);
            }

            line.Add(one[0]);
        }
    }
}

/// <summary>Redis replied to a command with an error.</summary>
public sealed class RespException(string message) : Exception(message);
