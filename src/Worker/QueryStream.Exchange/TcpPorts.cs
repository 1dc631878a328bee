using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace QueryStream.Exchange;

/// <summary>The TCP ports that a process listens at.</summary>
public static class TcpPorts
{
    private const int Max = 65_535;

    /// <summary>Reads a port, 0 to 65535. 0 is any free one.</summary>
    public static bool TryParse(string text, out int port) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port) && port <= Max;

    /// <summary>Listens at the first port of a list that is free. A port that is only looked at may be taken by another process in between.</summary>
    /// <param name="address">The address.</param>
    /// <param name="ports">The ports.</param>
    /// <param name="socket">Listens; the caller disposes of it.</param>
    /// <param name="problem">Why the last one is not free; null if there are no ports.</param>
    /// <returns>Whether one is free.</returns>
    public static bool TryListen(IPAddress address, IEnumerable<int> ports, [NotNullWhen(true)] out Socket? socket, out SocketException? problem)
    {
        problem = null;
        foreach (int port in ports)
        {
            socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                socket.Bind(new IPEndPoint(address, port));
                socket.Listen();
                return true;
            }
            catch (SocketException e)
            {
                socket.Dispose();
                problem = e;
            }
        }

        socket = null;
        return false;
    }
}
