package dev.backlot.controller.route;

import dev.backlot.model.ProblemException;
import dev.backlot.model.spec.RouteSpec;
import dev.backlot.model.spec.RouteSpec.Email;
import dev.backlot.model.spec.RouteSpec.Tls;
import jakarta.mail.AuthenticationFailedException;
import jakarta.mail.Message.RecipientType;
import jakarta.mail.MessagingException;
import jakarta.mail.SendFailedException;
import jakarta.mail.Session;
import jakarta.mail.Transport;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import java.nio.charset.StandardCharsets;
import java.util.Date;
import java.util.Properties;

/** Sends messages as plain text by SMTP. */
final class EmailSender implements Sender {
  private static final String MILLIS = "10000";
  private static final int LONGEST_SUBJECT = 180;

  private final RouteSecrets secrets;

  EmailSender(RouteSecrets secrets) {
    this.secrets = secrets;
  }

  @Override
  public String send(RouteSpec route, Message message) throws SendException {
    Email email = (Email) route.target();
    Addresses.checkHost(email.host());
    Session session = Session.getInstance(properties(email));
    try (Transport transport = session.getTransport("smtp")) {
      MimeMessage mail = mail(session, email, message);
      if (email.login().isPresent()) {
        RouteSpec.Login login = email.login().get();
        transport.connect(login.user(), secrets.resolve(login.password()));
      } else {
        transport.connect();
      }
      transport.sendMessage(mail, mail.getAllRecipients());
      return "the mail server took it for " + String.join(", ", email.to());
    } catch (ProblemException e) {
      throw new SendException(e.problems().get(0).message());
    } catch (AuthenticationFailedException e) {
      throw new SendException("the mail server refused the user or the password");
    } catch (SendFailedException e) {
      throw new SendException("the mail server refused the message: " + line(e));
    } catch (MessagingException e) {
      throw new SendException("the mail server could not be used: " + line(e));
    }
  }

  private static Properties properties(Email email) {
    Properties properties = new Properties();
    properties.setProperty("mail.smtp.host", email.host());
    properties.setProperty("mail.smtp.port", Integer.toString(email.port()));
    properties.setProperty("mail.smtp.connectiontimeout", MILLIS);
    properties.setProperty("mail.smtp.timeout", MILLIS);
    properties.setProperty("mail.smtp.writetimeout", MILLIS);
    properties.setProperty("mail.smtp.auth", Boolean.toString(email.login().isPresent()));
    properties.setProperty("mail.smtp.ssl.checkserveridentity", "true");
    properties.setProperty(
        "mail.smtp.starttls.enable", Boolean.toString(email.tls() == Tls.STARTTLS));
    properties.setProperty(
        "mail.smtp.starttls.required", Boolean.toString(email.tls() == Tls.STARTTLS));
    properties.setProperty("mail.smtp.ssl.enable", Boolean.toString(email.tls() == Tls.IMPLICIT));
    return properties;
  }

  private static MimeMessage mail(Session session, Email email, Message message)
      throws MessagingException {
    MimeMessage mail = new Identified(session, message);
    mail.setFrom(new InternetAddress(email.from()));
    for (String to : email.to()) {
      mail.addRecipient(RecipientType.TO, new InternetAddress(to));
    }
    String title = message.title().replaceAll("\\s+", " ");
    String subject =
        title.length() > LONGEST_SUBJECT ? title.substring(0, LONGEST_SUBJECT) + "…" : title;
    mail.setSubject("Backlot: " + subject, StandardCharsets.UTF_8.name());
    mail.setSentDate(Date.from(message.at()));
    mail.setHeader("Auto-Submitted", "auto-generated");
    mail.setHeader("Backlot-Delivery", message.id());
    StringBuilder text = new StringBuilder(message.title()).append("\r\n");
    message.paragraphs().forEach(line -> text.append("\r\n").append(line).append("\r\n"));
    mail.setText(text.toString(), StandardCharsets.UTF_8.name());
    mail.saveChanges();
    return mail;
  }

  private static String line(MessagingException e) {
    String text = String.valueOf(e.getMessage()).replaceAll("\\s+", " ").strip();
    return text.replaceAll("[.;]+$", "");
  }

  /** A mail whose identifier is the same at each attempt. */
  private static final class Identified extends MimeMessage {
    private final Message message;

    Identified(Session session, Message message) {
      super(session);
      this.message = message;
    }

    @Override
    protected void updateMessageID() throws MessagingException {
      setHeader(
          "Message-ID",
          "<%s.%s.%d@backlot>"
              .formatted(message.route(), message.id(), message.at().toEpochMilli()));
    }
  }
}
