using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace QueryStream.Certificates;

/// <summary>
/// Mutual TLS of the connections between processes: both ends show a certificate that the cluster's own authority has signed. Names are not compared,
/// since processes know each other by addresses that change; who has a certificate of the authority belongs to the cluster. Safe on any thread.
/// </summary>
public sealed class PeerTls
{
    private readonly ClusterCertificates _certificates;
    private readonly SslStreamCertificateContext _own;

    /// <summary>Creates it.</summary>
    /// <param name="certificates">This process's certificate, and the cluster's authority. Their owner disposes of them.</param>
    public PeerTls(ClusterCertificates certificates)
    {
        _certificates = certificates;
        _own = SslStreamCertificateContext.Create(certificates.Own, additionalCertificates: null, offline: true);
    }

    /// <summary>Secures a connection that came in.</summary>
    /// <returns>The stream for its bytes, which owns the given one.</returns>
    /// <exception cref="StrangerException">The other end shows no certificate, or one that is refused.</exception>
    /// <exception cref="AuthenticationException">It does not speak TLS, or refuses this process's certificate.</exception>
    /// <exception cref="IOException">The connection broke.</exception>
    public Task<Stream> AcceptAsync(Stream plain, CancellationToken cancellationToken) => SecureAsync(plain, (secured, check) =>
        secured.AuthenticateAsServerAsync(
            new SslServerAuthenticationOptions
            {
                ServerCertificateContext = _own,
                ClientCertificateRequired = true,
                CertificateChainPolicy = _certificates.CreatePolicy(),
                RemoteCertificateValidationCallback = check.IsOfCluster,
            },
            cancellationToken));

    /// <summary>Secures a connection that this process has opened; else like <see cref="AcceptAsync"/>.</summary>
    public Task<Stream> ConnectAsync(Stream plain, CancellationToken cancellationToken) => SecureAsync(plain, (secured, check) =>
        secured.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions
            {
                ClientCertificateContext = _own,
                CertificateChainPolicy = _certificates.CreatePolicy(),
                RemoteCertificateValidationCallback = check.IsOfCluster,
            },
            cancellationToken));

    private async Task<Stream> SecureAsync(Stream plain, Func<SslStream, PeerCheck, Task> authenticate)
    {
        SslStream secured = new(plain, leaveInnerStreamOpen: false);
        PeerCheck check = new(_certificates);
        try
        {
            await authenticate(secured, check).ConfigureAwait(false);
            return secured;
        }
        catch (AuthenticationException e) when (check.Problem is string problem)
        {
            await secured.DisposeAsync().ConfigureAwait(false);
            throw new StrangerException(problem, check.HasCertificate, e);
        }
        catch
        {
            await secured.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    // Judges the certificate of one connection's other end, and keeps why it is refused, which TLS itself does not tell.
    private sealed class PeerCheck(ClusterCertificates certificates)
    {
        public string? Problem { get; private set; }

        public bool HasCertificate { get; private set; }

        public bool IsOfCluster(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
        {
            HasCertificate = certificate is not null;
            Problem = certificates.ReasonToRefuse(certificate as X509Certificate2);
            return Problem is null;
        }
    }
}

/// <summary>The other end of a connection does not belong to the cluster. The message says why, as a part of a sentence.</summary>
public sealed class StrangerException : AuthenticationException
{
    /// <summary>Creates it.</summary>
    public StrangerException(string message, bool hasCertificate, Exception cause)
        : base(message, cause) => HasCertificate = hasCertificate;

    /// <summary>Whether it shows a certificate.</summary>
    public bool HasCertificate { get; }
}
