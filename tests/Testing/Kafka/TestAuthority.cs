using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace QueryStream.Testing.Kafka;

/// <summary>An authority that nobody knows, and the certificate of a server at 127.0.0.1 that it has signed. In PEM, which Kafka and librdkafka both read.</summary>
public sealed class TestAuthority : IDisposable
{
    private readonly RSA _key = RSA.Create(2048);
    private readonly X509Certificate2 _certificate;

    /// <summary>Creates an authority.</summary>
    /// <param name="name">What it is called.</param>
    public TestAuthority(string name)
    {
        CertificateRequest request = new($"CN={name}", _key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, critical: true));
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        _certificate = request.CreateSelfSigned(now.AddHours(-1), now.AddDays(2));
    }

    /// <summary>What clients trust who know the authority.</summary>
    public string CertificatePem => _certificate.ExportCertificatePem();

    /// <summary>A key and the certificate of a server at 127.0.0.1, one behind the other.</summary>
    public string IssueServerPem()
    {
        using RSA key = RSA.Create(2048);
        CertificateRequest request = new("CN=broker", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        SubjectAlternativeNameBuilder names = new();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using X509Certificate2 certificate = request.Create(_certificate, _certificate.NotBefore, _certificate.NotAfter, [1]);
        return $"{key.ExportPkcs8PrivateKeyPem()}\n{certificate.ExportCertificatePem()}\n{CertificatePem}\n";
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _certificate.Dispose();
        _key.Dispose();
    }
}
